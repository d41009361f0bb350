package io.nodejoin.agent.csr;

import java.io.IOException;

/** The API server does not know the token (401): not yet, or no longer. */
final class TokenRejectedException extends IOException {
    private static final long serialVersionUID = 1L;

    TokenRejectedException(String message) {
        super(message);
    }
}
