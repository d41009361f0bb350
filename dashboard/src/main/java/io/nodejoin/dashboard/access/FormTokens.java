package io.nodejoin.dashboard.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.function.Supplier;

/**
 * Tokens that prove that a form was shown to the user who sends it. A token is valid for one user, one action and half an
 * hour. Replicas with the same users file accept each other's.
 */
public final class FormTokens {
    private static final Duration VALIDITY = Duration.ofMinutes(30);
    private static final int KEY_BYTES = 32;

    private final Supplier<byte[]> key;
    private final InstantSource clock;

    private FormTokens(Supplier<byte[]> key, InstantSource clock) {
        this.key = key;
        this.clock = clock;
    }

    /** Creates the tokens for this way to open the dashboard. */
    public static FormTokens of(Access access, InstantSource clock) {
        return switch (access) {
            case Access.Basic(var users) -> new FormTokens(() -> users.get().secret(), clock);
            case Access.OpenId(var signIn, var _) -> new FormTokens(signIn::formKey, clock);
            case Access.Closed _, Access.LocalReadOnly _ -> {
                byte[] key = randomKey();
                yield new FormTokens(() -> key, clock);
            }
        };
    }

    private static byte[] randomKey() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return key;
    }

    /** Returns a token for this action. */
    public String issue(Principal principal, String action) {
        long until = clock.instant().plus(VALIDITY).getEpochSecond();
        return until + "." + signature(principal, action, until);
    }

    /** Returns whether the token was issued for this user and action, and is valid. */
    public boolean isValid(String token, Principal principal, String action) {
        int dot = token.indexOf('.');
        if (dot < 1) {
            return false;
        }
        try {
            long until = Long.parseLong(token.substring(0, dot));
            return !clock.instant().isAfter(Instant.ofEpochSecond(until))
                    && MessageDigest.isEqual(
                            signature(principal, action, until).getBytes(StandardCharsets.UTF_8),
                            token.substring(dot + 1).getBytes(StandardCharsets.UTF_8));
        } catch (NumberFormatException | DateTimeException _) {
            return false;
        }
    }

    private String signature(Principal principal, String action, long until) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Digests.hmac(key.get(), principal.id() + "\n" + action + "\n" + until));
    }
}
