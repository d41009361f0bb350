package io.nodejoin.cli.doctor;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.TokenId;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Short-lived bootstrap tokens with no more rights than Nodejoin's, which never leave this process. */
final class ProbeTokens {
    private static final String NAMESPACE = "kube-system";
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final Duration LIFE = Duration.ofMinutes(5);

    private final KubernetesClient client;
    private final Clock clock;
    private final SecureRandom random;

    ProbeTokens(KubernetesClient client, Clock clock, SecureRandom random) {
        this.client = client;
        this.clock = clock;
        this.random = random;
    }

    /** The usage of a token. */
    enum Usage {
        authentication,
        signing
    }

    /** Creates a token for this usage; closing it deletes its Secret. */
    ProbeToken live(Usage usage) {
        return create(clock.instant().plus(LIFE), List.of(usage));
    }

    /** Creates an expired token without a usage. */
    ProbeToken expired() {
        return create(clock.instant().minus(Duration.ofDays(1)), List.of());
    }

    private ProbeToken create(Instant expiresAt, List<Usage> usages) {
        BootstrapToken token = new BootstrapToken(new TokenId(randomString(6)), randomString(16));
        SecretBuilder secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(token.id().secretName())
                .endMetadata()
                .withType("bootstrap.kubernetes.io/token")
                .addToStringData("token-id", token.id().value())
                .addToStringData("token-secret", token.secret())
                .addToStringData(
                        "expiration", expiresAt.truncatedTo(ChronoUnit.SECONDS).toString())
                .addToStringData("auth-extra-groups", "system:bootstrappers:nodejoin")
                .addToStringData("description", "nodejoin doctor; may be deleted at any time");
        usages.forEach(usage -> secret.addToStringData("usage-bootstrap-" + usage, "true"));
        return new ProbeToken(token, client.resource(secret.build()).create());
    }

    private String randomString(int length) {
        StringBuilder drawn = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            drawn.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return drawn.toString();
    }

    /** An existing token. */
    final class ProbeToken implements AutoCloseable {
        private final BootstrapToken token;
        private final Secret secret;

        private ProbeToken(BootstrapToken token, Secret secret) {
            this.token = token;
            this.secret = secret;
        }

        BootstrapToken token() {
            return token;
        }

        boolean exists() {
            return client.resource(secret).get() != null;
        }

        /** Deletes the Secret. Succeeds if it is absent. */
        void delete() {
            client.resource(secret).delete();
        }

        @Override
        public void close() {
            delete();
        }
    }
}
