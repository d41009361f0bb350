package io.nodejoin.activities.kubernetes.preparation;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.Kubeconfig;
import io.nodejoin.protocol.discovery.BootstrapToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Access to a cluster with the credential of the administrator who prepares it. */
public final class AdminCluster implements AutoCloseable {
    private final KubernetesClient client;
    private final String caCertificates;

    private AdminCluster(KubernetesClient client, String caCertificates) {
        this.client = client;
        this.caCertificates = caCertificates;
    }

    /** Opens the cluster of a kubeconfig file. Throws {@link IOException} if the file cannot be read. */
    public static AdminCluster open(Path kubeconfig) throws IOException {
        if (!Files.isReadable(kubeconfig)) {
            throw new IOException("cannot read the kubeconfig file " + kubeconfig);
        }
        Config config = Kubeconfig.read(kubeconfig);
        String ca = pem(config.getCaCertData(), config.getCaCertFile());
        if (ca == null) {
            throw new IOException(kubeconfig + " has no certificate authority; hosts could not verify the cluster");
        }
        return new AdminCluster(Kubeconfig.connect(config), ca);
    }

    /** Returns the client with the rights of the kubeconfig. */
    public KubernetesClient client() {
        return client;
    }

    /** Creates an anonymous client of the same endpoint; the caller closes it. */
    public KubernetesClient anonymous() {
        return Kubeconfig.connect(Kubeconfig.withoutCredential(client.getConfiguration()));
    }

    /** Creates a client of the same endpoint with this bearer token; the caller closes it. */
    public KubernetesClient withToken(BootstrapToken token) {
        return Kubeconfig.connect(new ConfigBuilder(Kubeconfig.withoutCredential(client.getConfiguration()))
                .withOauthToken(token.bearerToken())
                .build());
    }

    /** Returns the PEM of the CA certificates. */
    public String caCertificates() {
        return caCertificates;
    }

    /** Returns the API server's URL without a trailing slash. */
    public String server() {
        return client.getConfiguration().getMasterUrl().replaceAll("/$", "");
    }

    @Override
    public void close() {
        client.close();
    }

    private static @Nullable String pem(@Nullable String base64, @Nullable String file) throws IOException {
        if (base64 != null) {
            return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.US_ASCII);
        }
        return file == null ? null : Files.readString(Path.of(file));
    }
}
