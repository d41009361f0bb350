package io.nodejoin.activities.kubernetes.token;

import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.TokenId;
import java.security.SecureRandom;

/** Generates random token ids and secrets. */
final class TokenGenerator {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ID_LENGTH = 6;
    private static final int SECRET_LENGTH = 16;

    private final SecureRandom random;

    TokenGenerator(SecureRandom random) {
        this.random = random;
    }

    TokenId newId() {
        return new TokenId(randomString(ID_LENGTH));
    }

    BootstrapToken newToken(TokenId id) {
        return new BootstrapToken(id, randomString(SECRET_LENGTH));
    }

    /** All characters are equally likely: nextInt with a bound has no modulo bias. */
    private String randomString(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
