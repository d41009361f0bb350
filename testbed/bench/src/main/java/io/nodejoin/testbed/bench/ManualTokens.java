package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.TokenId;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Creates bootstrap tokens as an administrator does, without Nodejoin. */
final class ManualTokens {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ID_LENGTH = 6;
    private static final int SECRET_LENGTH = 16;

    private final KubernetesClient admin;
    private final SecureRandom random = new SecureRandom();

    ManualTokens(KubernetesClient admin) {
        this.admin = admin;
    }

    /** A token for 15 minutes, whose user is in this group. */
    BootstrapToken create(String group) {
        BootstrapToken token = new BootstrapToken(new TokenId(randomWord(ID_LENGTH)), randomWord(SECRET_LENGTH));
        admin.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("bootstrap-token-" + token.id().value())
                        .withNamespace("kube-system")
                        .endMetadata()
                        .withType("bootstrap.kubernetes.io/token")
                        .addToStringData("token-id", token.id().value())
                        .addToStringData("token-secret", token.secret())
                        .addToStringData(
                                "expiration",
                                Instant.now()
                                        .plus(15, ChronoUnit.MINUTES)
                                        .truncatedTo(ChronoUnit.SECONDS)
                                        .toString())
                        .addToStringData("usage-bootstrap-authentication", "true")
                        .addToStringData("auth-extra-groups", group)
                        .build())
                .create();
        return token;
    }

    private String randomWord(int length) {
        return random.ints(length, 0, ALPHABET.length())
                .collect(StringBuilder::new, (text, at) -> text.append(ALPHABET.charAt(at)), StringBuilder::append)
                .toString();
    }
}
