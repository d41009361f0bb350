package io.nodejoin.service.access;

import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.dashboard.access.PasswordGuesses;
import io.nodejoin.gateway.ratelimit.ClientSubnet;
import io.nodejoin.gateway.ratelimit.RateLimiter;
import io.nodejoin.protocol.Sha256;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Limits the wrong passwords of a user by subnet, counts all, and logs those that were not right, six a minute. */
public final class LimitedGuesses implements PasswordGuesses {
    private static final Logger LOG = LoggerFactory.getLogger(LimitedGuesses.class);
    private static final double PER_SECOND = 0.1;
    private static final double BURST = 5;
    private static final String ALL = "all";

    private final MeterRegistry meters;
    private final RateLimiter wrong;
    private final RateLimiter logged;
    private final AtomicLong suppressed = new AtomicLong();

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    public LimitedGuesses(MeterRegistry meters, LongSupplier nanoTime) {
        this.meters = meters;
        this.wrong = new RateLimiter(PER_SECOND, BURST, nanoTime);
        this.logged = new RateLimiter(PER_SECOND, BURST, nanoTime);
    }

    @Override
    public String subnet(String address) {
        return ClientSubnet.of(address);
    }

    @Override
    public boolean isAllowed(Guess guess) {
        return wrong.isAvailable(key(guess));
    }

    @Override
    public void counted(Guess guess, Result result) {
        String label = result.name().toLowerCase(Locale.ROOT);
        meters.counter("nodejoin_dashboard_passwords", "result", label).increment();
        if (result == Result.WRONG) {
            boolean _ = wrong.tryAcquire(key(guess));
        }
        if (result != Result.RIGHT) {
            log(guess, label);
        }
    }

    private void log(Guess guess, String result) {
        if (!logged.tryAcquire(ALL)) {
            suppressed.incrementAndGet();
            return;
        }
        LOG.atWarn()
                .addKeyValue("user", guess.known() ? guess.user() : "unknown")
                .addKeyValue("address", guess.subnet())
                .addKeyValue("result", result)
                .addKeyValue("suppressedBefore", suppressed.getAndSet(0))
                .log("a password for the dashboard was not accepted");
    }

    /** A name is as long as a client likes. */
    private static String key(Guess guess) {
        return Sha256.hex(guess.user() + " " + guess.subnet());
    }
}
