package io.nodejoin.activities.kubernetes.preparation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.Kubeconfig;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.activities.kubernetes.preparation.Accounts.Account;
import io.nodejoin.activities.kubernetes.preparation.ClusterPreparation.Result.Change;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;

/**
 * Writes the service's own kubeconfig, with a token of one of its service accounts. Keeps an existing file whose token is of
 * the account, and which the cluster accepts for at least half of its lifetime.
 */
public final class ServiceCredential {
    private final AdminCluster cluster;
    private final Account account;
    private final Clock clock;
    private final Duration life;

    public ServiceCredential(AdminCluster cluster, Account account, Clock clock, Duration life) {
        this.cluster = cluster;
        this.account = account;
        this.clock = clock;
        this.life = life;
    }

    /** Writes the file atomically with mode 0600, unless the existing one is still valid. */
    public ClusterPreparation.Result write(Path file) throws IOException {
        boolean present = Files.exists(file);
        if (present && isStillValid(file)) {
            return new ClusterPreparation.Result("kubeconfig " + file, Change.unchanged);
        }
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(life.toSeconds())
                .endSpec()
                .build();
        TokenRequest answer = cluster.client()
                .serviceAccounts()
                .inNamespace(ManagedObjects.NAMESPACE)
                .withName(account.accountName())
                .tokenRequest(request);
        replace(file, kubeconfig(answer.getStatus().getToken()));
        return new ClusterPreparation.Result("kubeconfig " + file, present ? Change.changed : Change.created);
    }

    private boolean isStillValid(Path file) {
        try {
            Config config = Config.fromKubeconfig(file.toFile());
            String token = Objects.requireNonNullElse(config.getAutoOAuthToken(), "");
            boolean sameCluster = cluster.server().equals(config.getMasterUrl().replaceAll("/$", ""));
            return sameCluster && isOfAccountAndLivesLongEnough(token) && isAccepted(config);
        } catch (IOException | RuntimeException _) { // a file with other contents is not a credential of Nodejoin
            return false;
        }
    }

    private boolean isOfAccountAndLivesLongEnough(String token) throws IOException {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return false;
        }
        JsonNode claims = new JsonMapper().readTree(Base64.getUrlDecoder().decode(parts[1]));
        long expiry = claims.path("exp").asLong(0);
        return account.userName().equals(claims.path("sub").asText())
                && Duration.between(clock.instant(), Instant.ofEpochSecond(expiry))
                                .compareTo(life.dividedBy(2))
                        > 0;
    }

    private static boolean isAccepted(Config config) {
        config.setRequestRetryBackoffLimit(0);
        try (KubernetesClient own = Kubeconfig.connect(config)) {
            return own.namespaces().withName("kube-system").get() != null;
        } catch (KubernetesClientException _) {
            return false;
        }
    }

    private String kubeconfig(String token) {
        String ca = Base64.getEncoder().encodeToString(cluster.caCertificates().getBytes(StandardCharsets.US_ASCII));
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: cluster
                  cluster:
                    certificate-authority-data: %s
                    server: %s
                users:
                - name: nodejoin
                  user:
                    token: %s
                contexts:
                - name: nodejoin
                  context: {cluster: cluster, user: nodejoin}
                current-context: nodejoin
                """.formatted(ca, cluster.server(), token);
    }

    private static void replace(Path file, String text) throws IOException {
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a directory");
        Files.createDirectories(directory);
        Path aside = Files.createTempFile(
                directory,
                ".nodejoin",
                ".kubeconfig",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(aside, text);
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(aside);
        }
    }
}
