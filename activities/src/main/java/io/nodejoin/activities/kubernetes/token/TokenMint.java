package io.nodejoin.activities.kubernetes.token;

import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.TokenId;
import java.security.SecureRandom;

/** Draws token ids and secrets. */
final class TokenMint {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ID_LENGTH = 6;
    private static final int SECRET_LENGTH = 16;

    private final SecureRandom random;

    TokenMint(SecureRandom random) {
        this.random = random;
    }

    TokenId id() {
        return new TokenId(draw(ID_LENGTH));
    }

    BootstrapToken token(TokenId id) {
        return new BootstrapToken(id, draw(SECRET_LENGTH));
    }

    /** Each character is equally likely: nextInt with a bound draws again where a remainder would favour some. */
    private String draw(int length) {
        StringBuilder drawn = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            drawn.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return drawn.toString();
    }
}
