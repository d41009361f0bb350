package io.nodejoin.dashboard.access;

import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides who sends a request. */
public final class DashboardAuthenticator {
    private static final String BEARER = "bearer ";
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private final Access access;
    private final Passwords passwords;

    public DashboardAuthenticator(Access access, PasswordGuesses guesses, InstantSource clock) {
        this.access = access;
        this.passwords = new Passwords(guesses, clock);
    }

    /** What is decided of a request. */
    public sealed interface Decision {
        /** It is of this one. */
        record Admitted(Principal principal) implements Decision {}

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
         * It comes again later.
         *
         * @param why a sentence with when
         */
        record Throttled(String why) implements Decision {}

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
     * @param address where it comes from
     * @param api whether it asks for data, and may have a bearer token
     */
    public record Presented(
            @Nullable String authorization, @Nullable String session, String host, String address, boolean api) {
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
            case Access.Basic(var users) ->
                authorization == null
                        ? new Decision.Challenged()
                        : passwords.verify(users.get(), authorization, presented.address());
            case Access.OpenId(var signIn, var users) -> decide(signIn, users, presented);
        };
    }

    private Decision decide(SignIn signIn, @Nullable Supplier<Users> users, Presented presented) {
        String authorization = presented.authorization();
        if (authorization != null && users != null && Passwords.areIn(authorization)) {
            return passwords.verify(users.get(), authorization, presented.address());
        }
        if (authorization != null
                && presented.api()
                && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return signIn.bearer(authorization.substring(BEARER.length()).strip());
        }
        return Optional.ofNullable(presented.session())
                .flatMap(signIn::session)
                .<Decision>map(Decision.Admitted::new)
                .orElseGet(() -> new Decision.SignInNeeded(""));
    }
}
