package io.nodejoin.workflows.token;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token that nothing is left of.
 *
 * @param revokedAt when it was deleted, by a join that has succeeded; absent if it was compensated
 * @param rejectedAt when the API server was seen to reject it afterwards; absent if it was not
 */
public record SpentToken(
        TokenRef token,
        @Nullable Instant revokedAt,
        @Nullable Instant rejectedAt) {

    /** Returns a token that was deleted as a compensation. */
    public static SpentToken compensated(TokenRef token) {
        return new SpentToken(token, null, null);
    }
}
