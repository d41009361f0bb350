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

/** A cluster as the person who prepares it reaches it. */
public final class AdminCluster implements AutoCloseable {
    private final KubernetesClient client;
    private final String caCertificates;

    private AdminCluster(KubernetesClient client, String caCertificates) {
        this.client = client;
        this.caCertificates = caCertificates;
    }

    /** Opens the cluster of a kubeconfig file. */
    public static AdminCluster open(Path kubeconfig) throws IOException {
        if (!Files.isReadable(kubeconfig)) {
            throw new IOException("cannot read the kubeconfig file " + kubeconfig);
        }
        Config config = Kubeconfig.read(kubeconfig);
        String ca = pem(config.getCaCertData(), config.getCaCertFile());
        if (ca == null) {
            throw new IOException(kubeconfig + " names no certificate authority; hosts could not know the cluster");
        }
        return new AdminCluster(Kubeconfig.connect(config), ca);
    }

    /** With the rights of the kubeconfig. */
    public KubernetesClient client() {
        return client;
    }

    /** A new client of the same endpoint for whoever brings no credential; the caller closes it. */
    public KubernetesClient anonymous() {
        return Kubeconfig.connect(Kubeconfig.withoutCredential(client.getConfiguration()));
    }

    /** A new client of the same endpoint for the bearer of this token; the caller closes it. */
    public KubernetesClient withToken(BootstrapToken token) {
        return Kubeconfig.connect(new ConfigBuilder(Kubeconfig.withoutCredential(client.getConfiguration()))
                .withOauthToken(token.bearerToken())
                .build());
    }

    /** PEM of the CA certificates. */
    public String caCertificates() {
        return caCertificates;
    }

    /** The API server's address without a trailing slash. */
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
