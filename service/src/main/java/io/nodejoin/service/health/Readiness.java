package io.nodejoin.service.health;

import io.nodejoin.activities.Lasting;
import io.nodejoin.activities.RootCause;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks each dependency every few seconds what is in the way; requests read the latest answers and never wait. An answer that
 * is {@link #LATE} is in the way itself: who gave it may stand still.
 */
public final class Readiness {
    /** Longer than any dependency takes to say that it cannot be reached. */
    static final Duration LATE = Duration.ofSeconds(60);

    private static final long EVERY_SECONDS = 3;

    private final Map<String, Probe> probes;
    private final LongSupplier nanoTime;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean started;

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime()} */
    public Readiness(Map<String, Probe> probes, LongSupplier nanoTime) {
        this.probes = new LinkedHashMap<>(probes);
        this.nanoTime = nanoTime;
        this.probes.keySet().forEach(name -> remember(name, "not asked yet"));
    }

    private record Answer(@Nullable String obstacle, long at) {}

    /** One dependency. */
    @FunctionalInterface
    public interface Probe {
        /** What is in the way, or null. An exception is in the way too. */
        @Nullable String obstacle() throws Exception;

        /** What should be seen to though it is not in the way, or null, as the latest answer left it; does not wait. */
        default @Nullable String warning() {
            return null;
        }
    }

    /** Begins asking; each dependency has its own thread, so that a slow one delays no other. */
    public void start() {
        started = true;
        probes.forEach((name, probe) -> Thread.ofVirtual().name("probe-" + name).start(() -> watch(name, probe)));
    }

    /** From here on the answer is: not ready. */
    public void stop() {
        stopping.countDown();
    }

    boolean isReady() {
        return stopping.getCount() > 0 && probes.keySet().stream().allMatch(name -> obstacle(name) == null);
    }

    /**
     * Whether no dependency has answered for so long that it is this process that stands still. Only a restart helps then; a
     * process that starts or stops is never taken for one.
     */
    boolean standsStill() {
        return started
                && stopping.getCount() > 0
                && answers.values().stream().allMatch(answer -> age(answer).compareTo(LATE) > 0);
    }

    /** One line per dependency. */
    String text() {
        StringBuilder text = new StringBuilder();
        probes.forEach((name, probe) -> text.append(line(name, obstacle(name), probe.warning())));
        if (stopping.getCount() == 0) {
            text.append("[-] stopping\n");
        }
        return text.append(isReady() ? "ready\n" : "not ready\n").toString();
    }

    private static String line(String name, @Nullable String obstacle, @Nullable String warning) {
        if (obstacle != null) {
            return "[-] " + name + ": " + obstacle + "\n";
        }
        return warning == null ? "[+] " + name + " ok\n" : "[!] " + name + ": " + warning + "\n";
    }

    private void watch(String name, Probe probe) {
        try {
            do {
                remember(name, ask(probe));
            } while (!stopping.await(EVERY_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void remember(String name, @Nullable String obstacle) {
        answers.put(name, new Answer(obstacle, nanoTime.getAsLong()));
    }

    private @Nullable String obstacle(String name) {
        Answer latest = Objects.requireNonNull(answers.get(name), name);
        Duration age = age(latest);
        return age.compareTo(LATE) > 0 ? "has not answered for " + age.toSeconds() + " s" : latest.obstacle();
    }

    private Duration age(Answer answer) {
        return Duration.ofNanos(nanoTime.getAsLong() - answer.at());
    }

    private static @Nullable String ask(Probe probe) {
        try {
            return probe.obstacle();
        } catch (Exception e) { // whatever a client library throws, the dependency is not there
            return RootCause.reason(e);
        } catch (Error e) {
            Lasting.survive("asking for readiness", e);
            return e.toString();
        }
    }
}
