package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/** Kubeconfig files as the Kubernetes client wants them, and clients from them. */
public final class Kubeconfig {
    private static final int CONNECT_MILLIS = 3_000;
    private static final int REQUEST_MILLIS = 10_000;

    /** At the level TRACE it would write every request down, bearer credential and new token included. */
    private static final String HTTP_LOGGING_INTERCEPTOR = "HttpLogging";

    private Kubeconfig() {}

    /**
     * A client that writes no request into a log, whatever the level, and waits for no answer, watches apart, longer than twice its
     * time for a request. The caller closes it.
     */
    public static KubernetesClient connect(Config config) {
        Interceptor responseTimeout = new ResponseTimeoutInterceptor(Duration.ofMillis(config.getRequestTimeout()));
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(http -> {
                    http.addOrReplaceInterceptor(HTTP_LOGGING_INTERCEPTOR, null);
                    http.addOrReplaceInterceptor(ResponseTimeoutInterceptor.class.getSimpleName(), responseTimeout);
                })
                .build();
    }

    /** The current context of the file. Throws {@link IOException} if its client key cannot be read. */
    public static Config read(Path file) throws IOException {
        Config read = Config.fromKubeconfig(file.toFile());
        ConfigBuilder config = withTimeouts(new ConfigBuilder(read));
        keyAlgorithm(read).ifPresent(config::withClientKeyAlgo);
        return config.build();
    }

    /** The same cluster for somebody whom it does not know. */
    public static Config withoutCredential(Config config) {
        return withTimeouts(new ConfigBuilder(Config.empty()))
                .withMasterUrl(config.getMasterUrl())
                .withCaCertData(config.getCaCertData())
                .withCaCertFile(config.getCaCertFile())
                .build();
    }

    private static ConfigBuilder withTimeouts(ConfigBuilder config) {
        return config.withConnectionTimeout(CONNECT_MILLIS)
                .withRequestTimeout(REQUEST_MILLIS)
                // The JDK's client never gives up an HTTP/2 connection that has fallen silent: decision 8.
                .withHttp2Disable(true)
                // Temporal decides retry; a retry in here would let a create meet its own earlier success.
                .withRequestRetryBackoffLimit(0);
    }

    /** The client takes a PKCS#8 key for RSA unless it is told otherwise, and fails on an EC one. */
    private static Optional<String> keyAlgorithm(Config config) throws IOException {
        try (Reader pem = keyPem(config);
                PEMParser parser = new PEMParser(pem)) {
            return switch (parser.readObject()) {
                case PEMKeyPair pair -> algorithmOf(pair.getPrivateKeyInfo());
                case PrivateKeyInfo key -> algorithmOf(key);
                case null, default -> Optional.empty();
            };
        }
    }

    private static Reader keyPem(Config config) throws IOException {
        if (config.getClientKeyData() != null) {
            return new StringReader(
                    new String(Base64.getMimeDecoder().decode(config.getClientKeyData()), StandardCharsets.UTF_8));
        }
        if (config.getClientKeyFile() != null) {
            return Files.newBufferedReader(Path.of(config.getClientKeyFile()));
        }
        return Reader.nullReader();
    }

    private static Optional<String> algorithmOf(PrivateKeyInfo key) {
        return X9ObjectIdentifiers.id_ecPublicKey.equals(
                        key.getPrivateKeyAlgorithm().getAlgorithm())
                ? Optional.of("EC")
                : Optional.empty();
    }
}
