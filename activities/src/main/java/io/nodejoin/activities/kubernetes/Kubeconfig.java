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

/** Reads kubeconfig files and creates Kubernetes clients from them. */
public final class Kubeconfig {
    private static final int CONNECT_MILLIS = 3_000;
    private static final int REQUEST_MILLIS = 10_000;

    /** At level TRACE it would log every request, with bearer credentials and new tokens. */
    private static final String HTTP_LOGGING_INTERCEPTOR = "HttpLogging";

    private Kubeconfig() {}

    /**
     * Creates a client that never logs requests, and that waits for a response (watches excepted) at most twice its
     * request timeout. The caller closes it.
     */
    public static KubernetesClient connect(Config config) {
        return connect(config, new ResponseCounter(_ -> {}));
    }

    static KubernetesClient connect(Config config, ResponseCounter counter) {
        Interceptor responseTimeout = new ResponseTimeoutInterceptor(Duration.ofMillis(config.getRequestTimeout()));
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(http -> {
                    http.addOrReplaceInterceptor(HTTP_LOGGING_INTERCEPTOR, null);
                    http.addOrReplaceInterceptor(ResponseTimeoutInterceptor.class.getSimpleName(), responseTimeout);
                    http.addOrReplaceInterceptor(ResponseCounter.class.getSimpleName(), counter);
                })
                .build();
    }

    /** Reads the current context of the file. Throws {@link IOException} if its client key cannot be read. */
    public static Config read(Path file) throws IOException {
        Config read = Config.fromKubeconfig(file.toFile());
        ConfigBuilder config = withTimeouts(new ConfigBuilder(read));
        keyAlgorithm(read).ifPresent(config::withClientKeyAlgo);
        return config.build();
    }

    /** Returns the configuration of an anonymous client of the same cluster. */
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
                // The JDK's client never drops a stalled HTTP/2 connection: decision 8.
                .withHttp2Disable(true)
                // Temporal decides retries; a retry in the client would let a create conflict with its own earlier
                // success.
                .withRequestRetryBackoffLimit(0);
    }

    /** The client assumes that a PKCS#8 key is RSA unless configured otherwise, and fails on an EC key. */
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
