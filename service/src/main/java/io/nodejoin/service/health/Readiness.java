package io.nodejoin.service.health;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.SupervisedLoop;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Probes each dependency every few seconds; requests read the latest result and never block. A result older than
 * {@link #STALE_AFTER} counts as not ready, since its probe may hang.
 */
public final class Readiness {
    /** Longer than any probe takes to report an unreachable dependency. */
    static final Duration STALE_AFTER = Duration.ofSeconds(60);

    static final Duration PROBE_INTERVAL = Duration.ofSeconds(3);

    private final Map<String, Probe> probes;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService scheduler;
    private final Map<String, ProbeResult> results = new ConcurrentHashMap<>();
    private volatile boolean started;
    private volatile boolean stopped;

    /**
     * @param nanoTime a monotonic clock, as {@link System#nanoTime()}
     * @param scheduler runs tasks by that clock
     */
    public Readiness(Map<String, Probe> probes, LongSupplier nanoTime, ScheduledExecutorService scheduler) {
        this.probes = new LinkedHashMap<>(probes);
        this.nanoTime = nanoTime;
        this.scheduler = scheduler;
        this.probes.keySet().forEach(name -> recordResult(name, "not probed yet"));
    }

    private record ProbeResult(@Nullable String notReadyReason, long at) {}

    /** One dependency. */
    @FunctionalInterface
    public interface Probe {
        /** Returns why the dependency is not ready, or null. An exception counts as not ready too. */
        @Nullable String notReadyReason() throws Exception;

        /** Returns a problem that does not prevent readiness, or null, from the latest result; does not block. */
        default @Nullable String warning() {
            return null;
        }

        /** Whether one ready dependency of this kind is enough, as of several clusters. */
        default boolean isOneOfSeveral() {
            return false;
        }
    }

    /** Registers a gauge for each dependency: 1 if it is ready. */
    public void register(MeterRegistry meters) {
        probes.keySet()
                .forEach(name -> Gauge.builder("nodejoin_part_ready", () -> isReady(name) ? 1 : 0)
                        .tag("part", name)
                        .register(meters));
    }

    /** Starts probing; each probe has its own thread, so that a slow one delays no other. */
    public void start() {
        started = true;
        probes.forEach(this::startProbe);
    }

    /** Reports not ready from now on. */
    public void stop() {
        stopped = true;
    }

    boolean isReady() {
        return !stopped
                && names(false).allMatch(this::isReady)
                && (names(true).findAny().isEmpty() || names(true).anyMatch(this::isReady));
    }

    private Stream<String> names(boolean oneOfSeveral) {
        return probes.entrySet().stream()
                .filter(probe -> probe.getValue().isOneOfSeveral() == oneOfSeveral)
                .map(Map.Entry::getKey);
    }

    private boolean isReady(String name) {
        return notReadyReason(name) == null;
    }

    /**
     * Returns whether no probe has completed for so long that this process itself hangs, and only a restart helps.
     * Never true while the process starts or stops.
     */
    boolean isStalled() {
        return started
                && !stopped
                && results.values().stream().allMatch(answer -> age(answer).compareTo(STALE_AFTER) > 0);
    }

    /**
     * One dependency and its latest result.
     *
     * @param notReadyReason why it is not ready; null if it is
     * @param warning a problem that does not prevent readiness; null if there is none
     */
    public record Dependency(
            String name,
            @Nullable String notReadyReason,
            @Nullable String warning) {
        private String line() {
            if (notReadyReason != null) {
                return "[-] " + name + ": " + notReadyReason + "\n";
            }
            return warning == null ? "[+] " + name + " ok\n" : "[!] " + name + ": " + warning + "\n";
        }
    }

    /** Returns the latest result of each dependency; does not block. */
    public List<Dependency> dependencies() {
        return probes.entrySet().stream()
                .map(probe -> new Dependency(
                        probe.getKey(),
                        notReadyReason(probe.getKey()),
                        probe.getValue().warning()))
                .toList();
    }

    /** Returns one line per dependency. */
    String render() {
        StringBuilder text = new StringBuilder();
        dependencies().forEach(dependency -> text.append(dependency.line()));
        if (stopped) {
            text.append("[-] stopping\n");
        }
        return text.append(isReady() ? "ready\n" : "not ready\n").toString();
    }

    private void startProbe(String name, Probe probe) {
        Thread _ = Thread.ofVirtual().name("probe-" + name).start(() -> {
            recordResult(name, runProbe(probe));
            if (!stopped) {
                Future<?> _ =
                        scheduler.schedule(() -> startProbe(name, probe), PROBE_INTERVAL.toSeconds(), TimeUnit.SECONDS);
            }
        });
    }

    private void recordResult(String name, @Nullable String obstacle) {
        results.put(name, new ProbeResult(obstacle, nanoTime.getAsLong()));
    }

    private @Nullable String notReadyReason(String name) {
        ProbeResult latest = Objects.requireNonNull(results.get(name), name);
        Duration age = age(latest);
        return age.compareTo(STALE_AFTER) > 0
                ? "its probe has not completed for " + age.toSeconds() + " s"
                : latest.notReadyReason();
    }

    private Duration age(ProbeResult answer) {
        return Duration.ofNanos(nanoTime.getAsLong() - answer.at());
    }

    private static @Nullable String runProbe(Probe probe) {
        try {
            return probe.notReadyReason();
        } catch (Exception e) { // any exception of a client library means that the dependency is not ready
            return RootCause.message(e);
        } catch (Error e) {
            SupervisedLoop.logOrHalt("asking for readiness", e);
            return e.toString();
        }
    }
}
