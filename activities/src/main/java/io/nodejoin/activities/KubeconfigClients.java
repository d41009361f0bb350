package io.nodejoin.activities;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/** Clients built from one kubeconfig file per cluster, each on first use. */
public final class KubeconfigClients implements ClusterClients {
    private static final int CONNECT_MILLIS = 3_000;
    private static final int REQUEST_MILLIS = 10_000;

    private final Map<ClusterName, Path> kubeconfigs;
    private final Map<ClusterName, KubernetesClient> clients = new ConcurrentHashMap<>();
    private final Map<ClusterName, KubernetesClient> anonymousClients = new ConcurrentHashMap<>();

    public KubeconfigClients(Map<ClusterName, Path> kubeconfigs) {
        this.kubeconfigs = Map.copyOf(kubeconfigs);
    }

    @Override
    public KubernetesClient client(ClusterName cluster) {
        return clients.computeIfAbsent(cluster, name -> connect(configOf(name)));
    }

    @Override
    public KubernetesClient anonymous(ClusterName cluster) {
        return anonymousClients.computeIfAbsent(cluster, name -> connect(withoutCredential(configOf(name))));
    }

    @Override
    public void close() {
        anonymousClients.values().forEach(KubernetesClient::close);
        clients.values().forEach(KubernetesClient::close);
    }

    private Config configOf(ClusterName cluster) {
        Path kubeconfig = kubeconfigs.get(cluster);
        if (kubeconfig == null) {
            throw Failures.of(
                    FailureType.INVALID_REQUEST,
                    new Problem(ErrorCode.UNKNOWN_CLUSTER, "no cluster " + cluster + " is configured"));
        }
        Config read = Config.fromKubeconfig(kubeconfig.toFile());
        ConfigBuilder config = new ConfigBuilder(read)
                .withConnectionTimeout(CONNECT_MILLIS)
                .withRequestTimeout(REQUEST_MILLIS)
                // Temporal decides retry; a retry in here would let a create meet its own earlier success.
                .withRequestRetryBackoffLimit(0);
        keyAlgorithm(read).ifPresent(config::withClientKeyAlgo);
        return config.build();
    }

    private static Config withoutCredential(Config config) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(config.getMasterUrl())
                .withCaCertData(config.getCaCertData())
                .withCaCertFile(config.getCaCertFile())
                .withConnectionTimeout(CONNECT_MILLIS)
                .withRequestTimeout(REQUEST_MILLIS)
                .withRequestRetryBackoffLimit(0)
                .build();
    }

    private static KubernetesClient connect(Config config) {
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** The client takes a PKCS#8 key for RSA unless it is told otherwise, and fails on an EC one. */
    private static Optional<String> keyAlgorithm(Config config) {
        try (Reader pem = keyPem(config);
                PEMParser parser = new PEMParser(pem)) {
            return switch (parser.readObject()) {
                case PEMKeyPair pair -> algorithmOf(pair.getPrivateKeyInfo());
                case PrivateKeyInfo key -> algorithmOf(key);
                case null, default -> Optional.empty();
            };
        } catch (IOException e) {
            throw new IllegalArgumentException("the client key of the kubeconfig cannot be read", e);
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
