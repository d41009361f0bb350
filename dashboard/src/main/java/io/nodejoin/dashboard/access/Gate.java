package io.nodejoin.dashboard.access;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Decides who sends a request. A password that was right is remembered for some minutes by its digest, since bcrypt is
 * slow by design; only two are computed at a time, so that guessing takes no more than that of the machine.
 */
public final class Gate {
    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final int MAX_REMEMBERED = 100;
    private static final int MAX_AT_ONCE = 2;
    private static final String BASIC = "basic ";
    private static final String BEARER = "bearer ";
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private final Access access;
    private final InstantSource clock;
    private final Semaphore computing = new Semaphore(MAX_AT_ONCE);
    private final SequencedMap<String, Remembered> remembered = new LinkedHashMap<>();

    public Gate(Access access, InstantSource clock) {
        this.access = access;
        this.clock = clock;
    }

    private record Remembered(Principal principal, Instant until) {}

    /** What is decided of a request. */
    public sealed interface Decision {
        /**
         * It is of this one.
         *
         * @param until when the session ends; null if it has no end
         */
        record Admitted(Principal principal, @Nullable Instant until) implements Decision {
            Admitted(Principal principal) {
                this(principal, null);
            }
        }

        /**
         * It needs a session, or a token.
         *
         * @param why what is wrong with the one it has; empty if it has none
         */
        record SignInNeeded(String why) implements Decision {}

        /**
         * It cannot be found out now.
         *
         * @param why what does not answer
         */
        record Unavailable(String why) implements Decision {}

        /** It needs a user and a password. */
        record Challenged() implements Decision {}

        /**
         * It is refused.
         *
         * @param why a sentence with what helps
         */
        record Refused(String why) implements Decision {}
    }

    /**
     * What a request brings.
     *
     * @param authorization the header of this name; null if there is none
     * @param session the cookie of a session; null if there is none
     * @param host the host that the browser believes to speak to, without the port
     * @param api whether it asks for data, and may have a bearer token
     */
    public record Presented(
            @Nullable String authorization, @Nullable String session, String host, boolean api) {
        /** Prints neither passwords nor tokens. */
        @Override
        public String toString() {
            return host;
        }
    }

    /** Decides who sends a request. */
    public Decision decide(Presented presented) {
        String authorization = presented.authorization();
        return switch (access) {
            case Access.Closed(String why) -> new Decision.Refused(why);
            // A page of another site may have its own name resolve to this machine.
            case Access.LocalReadOnly _ ->
                LOOPBACK_NAMES.contains(presented.host().toLowerCase(Locale.ROOT))
                        ? new Decision.Admitted(Principal.LOCAL)
                        : new Decision.Refused("Without users the dashboard answers to the name localhost only.");
            case Access.Basic(Users users) ->
                authorization == null ? new Decision.Challenged() : verify(users, authorization);
            case Access.OpenId(SignIn signIn, Users users) -> decide(signIn, users, presented);
        };
    }

    private Decision decide(SignIn signIn, @Nullable Users users, Presented presented) {
        String authorization = presented.authorization();
        if (authorization != null && users != null && isOf(BASIC, authorization)) {
            return verify(users, authorization);
        }
        if (authorization != null && presented.api() && isOf(BEARER, authorization)) {
            return signIn.bearer(authorization.substring(BEARER.length()).strip());
        }
        return Optional.ofNullable(presented.session())
                .flatMap(signIn::session)
                .<Decision>map(session -> new Decision.Admitted(session.principal(), session.until()))
                .orElseGet(() -> new Decision.SignInNeeded(""));
    }

    private static boolean isOf(String scheme, String authorization) {
        return authorization.toLowerCase(Locale.ROOT).startsWith(scheme);
    }

    private Decision verify(Users users, String authorization) {
        String digest = HexFormat.of().formatHex(Digests.sha256(authorization));
        Optional<Principal> known = recall(digest);
        if (known.isPresent()) {
            return new Decision.Admitted(known.get());
        }
        if (!computing.tryAcquire()) {
            return new Decision.Refused("Too many passwords are being checked. Try again in a second.");
        }
        try {
            Optional<Principal> verified = credentials(authorization)
                    .flatMap(user -> users.verify(user.name(), user.password().toCharArray()));
            verified.ifPresent(principal -> remember(digest, principal));
            return verified.<Decision>map(Decision.Admitted::new).orElseGet(Decision.Challenged::new);
        } finally {
            computing.release();
        }
    }

    private record Credentials(String name, String password) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Optional<Credentials> credentials(String authorization) {
        if (!isOf(BASIC, authorization)) {
            return Optional.empty();
        }
        try {
            String pair = new String(
                    Base64.getDecoder()
                            .decode(authorization.substring(BASIC.length()).strip()),
                    StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(new Credentials(pair.substring(0, colon), pair.substring(colon + 1)));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private synchronized Optional<Principal> recall(String digest) {
        Remembered found = remembered.get(digest);
        return found == null || found.until().isBefore(clock.instant())
                ? Optional.empty()
                : Optional.of(found.principal());
    }

    private synchronized void remember(String digest, Principal principal) {
        remembered.put(digest, new Remembered(principal, clock.instant().plus(REMEMBERED)));
        while (remembered.size() > MAX_REMEMBERED) {
            remembered.pollFirstEntry();
        }
    }
}
