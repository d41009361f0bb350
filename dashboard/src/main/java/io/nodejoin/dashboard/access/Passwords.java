package io.nodejoin.dashboard.access;

import io.nodejoin.dashboard.access.DashboardAuthenticator.Decision;
import io.nodejoin.dashboard.access.PasswordGuesses.Guess;
import io.nodejoin.dashboard.access.PasswordGuesses.Result;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Verifies users with passwords. bcrypt is slow by design: two passwords are computed at a time, in the order in which they
 * come, only some of one address wait, and one that was right is remembered by its digest while it is used.
 */
final class Passwords {
    private static final Duration REMEMBERED = Duration.ofHours(1);
    private static final int MAX_REMEMBERED = 100;
    private static final int MAX_AT_ONCE = 2;
    private static final int MAX_OF_SUBNET = 16;
    private static final long PATIENCE_SECONDS = 5;
    private static final String BASIC = "basic ";
    private static final Decision.Throttled WRONG_TOO_OFTEN = new Decision.Throttled(
            "Too many wrong passwords for this user came from this address. Try again in a minute.");
    private static final Decision.Throttled BUSY =
            new Decision.Throttled("Too many passwords are being checked. Try again in a few seconds.");

    private final PasswordGuesses guesses;
    private final InstantSource clock;
    private final Semaphore computing = new Semaphore(MAX_AT_ONCE, true);
    private final Map<String, Integer> inLine = new ConcurrentHashMap<>();
    private final SequencedMap<String, Remembered> remembered = new LinkedHashMap<>();

    Passwords(PasswordGuesses guesses, InstantSource clock) {
        this.guesses = guesses;
        this.clock = clock;
    }

    private record Remembered(Principal principal, Users.User user, Instant until) {}

    private record Credentials(String name, String password) {
        @Override
        public String toString() {
            return name;
        }
    }

    Decision verify(Users users, String authorization, String address) {
        String digest = HexFormat.of().formatHex(Digests.sha256(authorization));
        return recall(users, digest)
                .<Decision>map(Decision.Admitted::new)
                .or(() -> credentials(authorization).map(user -> inTurn(users, user, digest, address)))
                .orElseGet(Decision.Challenged::new);
    }

    private Decision inTurn(Users users, Credentials user, String digest, String address) {
        String subnet = guesses.subnet(address);
        Guess guess = new Guess(user.name(), subnet, users.find(user.name()).isPresent());
        int line = inLine.merge(subnet, 1, Integer::sum);
        try {
            if (line > MAX_OF_SUBNET || !computing.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                guesses.counted(guess, Result.THROTTLED);
                return BUSY;
            }
            try {
                return recall(users, digest)
                        .<Decision>map(Decision.Admitted::new)
                        .orElseGet(() -> compute(users, user, digest, guess));
            } finally {
                computing.release();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return BUSY;
        } finally {
            inLine.computeIfPresent(subnet, (_, count) -> count == 1 ? null : count - 1);
        }
    }

    private Decision compute(Users users, Credentials user, String digest, Guess guess) {
        if (!guesses.isAllowed(guess)) {
            guesses.counted(guess, Result.THROTTLED);
            return WRONG_TOO_OFTEN;
        }
        Optional<Principal> verified = users.verify(user.name(), user.password().toCharArray());
        guesses.counted(guess, verified.isPresent() ? Result.RIGHT : Result.WRONG);
        verified.ifPresent(principal -> remember(users, digest, principal));
        return verified.<Decision>map(Decision.Admitted::new).orElseGet(Decision.Challenged::new);
    }

    static boolean areIn(String authorization) {
        return authorization.regionMatches(true, 0, BASIC, 0, BASIC.length());
    }

    private static Optional<Credentials> credentials(String authorization) {
        if (!areIn(authorization)) {
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

    /** Empty also if the user has gone meanwhile, or has another password or role. */
    private synchronized Optional<Principal> recall(Users users, String digest) {
        Remembered found = remembered.remove(digest);
        if (found == null
                || found.until().isBefore(clock.instant())
                || !users.find(found.principal().name()).equals(Optional.of(found.user()))) {
            return Optional.empty();
        }
        remember(users, digest, found.principal());
        return Optional.of(found.principal());
    }

    private synchronized void remember(Users users, String digest, Principal principal) {
        Users.User user = users.find(principal.name()).orElseThrow();
        remembered.put(digest, new Remembered(principal, user, clock.instant().plus(REMEMBERED)));
        while (remembered.size() > MAX_REMEMBERED) {
            remembered.pollFirstEntry();
        }
    }
}
