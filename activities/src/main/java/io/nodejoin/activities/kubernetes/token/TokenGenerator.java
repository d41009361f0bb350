package io.nodejoin.activities.kubernetes.token;

import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.TokenId;
import java.security.SecureRandom;

/** Generates the secrets of tokens. */
final class TokenGenerator {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int SECRET_LENGTH = 16;

    private final SecureRandom random;

    TokenGenerator(SecureRandom random) {
        this.random = random;
    }

    BootstrapToken newToken(TokenId id) {
        return new BootstrapToken(id, randomSecret());
    }

    /** All characters are equally likely: nextInt with a bound has no modulo bias. */
    private String randomSecret() {
        StringBuilder text = new StringBuilder(SECRET_LENGTH);
        for (int i = 0; i < SECRET_LENGTH; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
