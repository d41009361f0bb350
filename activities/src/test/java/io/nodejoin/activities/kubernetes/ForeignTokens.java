package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.TokenId;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Bootstrap tokens that an administrator makes: the cluster's own signer signs cluster-info with them. */
final class ForeignTokens implements AutoCloseable {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ID_LENGTH = 6;
    private static final int SECRET_LENGTH = 16;

    private final LiveCluster cluster;
    private final SecureRandom random = new SecureRandom();
    private final List<Secret> secrets = new ArrayList<>();

    ForeignTokens(LiveCluster cluster) {
        this.cluster = cluster;
    }

    List<BootstrapToken> create(int count) {
        List<BootstrapToken> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            BootstrapToken token = new BootstrapToken(new TokenId(word(ID_LENGTH)), word(SECRET_LENGTH));
            secrets.add(cluster.admin().resource(secret(token)).create());
            tokens.add(token);
        }
        return tokens;
    }

    private static Secret secret(BootstrapToken token) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName("bootstrap-token-" + token.id())
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
                .addToStringData("usage-bootstrap-signing", "true")
                .build();
    }

    private String word(int length) {
        return random.ints(length, 0, ALPHABET.length())
                .collect(StringBuilder::new, (text, at) -> text.append(ALPHABET.charAt(at)), StringBuilder::append)
                .toString();
    }

    @Override
    public void close() {
        secrets.forEach(secret -> cluster.admin().resource(secret).delete());
    }
}
