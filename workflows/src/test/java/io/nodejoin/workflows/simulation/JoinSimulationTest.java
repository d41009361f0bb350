package io.nodejoin.workflows.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.nodejoin.workflows.simulation.Simulation.Report;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Many joins, each with other faults. {@code -Dnodejoin.simulation.seeds=N} runs as many seeds, {@code -Dnodejoin.simulation.first=S}
 * begins elsewhere, {@code -Dnodejoin.simulation.seed=S} runs one alone.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class JoinSimulationTest {
    private static final @Nullable Long SINGLE_SEED = Long.getLong("nodejoin.simulation.seed");
    private static final long FIRST_SEED = Long.getLong("nodejoin.simulation.first", 1);
    private static final int SEEDS = Integer.getInteger("nodejoin.simulation.seeds", 1_000);
    private static final int SEEDS_PER_MUTANT = 10_000;
    private static final int SEEDS_FOR_ALL_FAULTS = 1_000;
    private static final int REPLAYED_SEEDS = 50;
    private static final int MAX_REPORTED = 3;

    /** Outcomes that some join must have; else the faults have no effect. */
    private static final List<String> EXPECTED_OUTCOMES = List.of(
            "Joined",
            Simulation.ANOTHER_ATTEMPT,
            "AGENT_UNREACHABLE",
            "CANCELLED_BY_REQUEST",
            "CERTIFICATE_NOT_ISSUED",
            "CLUSTER_UNAVAILABLE",
            "CSR_DENIED_EXTERNALLY",
            "CSR_KEY_MISMATCH",
            "HOST_DISK_FULL",
            "HOST_PREFLIGHT_FAILED",
            "HOST_PREPARE_FAILED",
            "JOIN_DEADLINE_EXCEEDED",
            "KUBELET_NOT_STARTED",
            "NODE_IDENTITY_MISMATCH",
            "NODE_NAME_IN_USE",
            "NODE_NOT_READY",
            "NODE_NOT_REGISTERED",
            "NODE_QUARANTINED",
            "NODE_UID_CHANGED",
            "SUPERSEDED",
            "TOKEN_LOST");

    private static final Logger WORKFLOWS = (Logger) LoggerFactory.getLogger("io.nodejoin.workflows");
    private @Nullable Level configuredLevel;

    /** Hides log lines of intended failures, of which there are thousands. */
    @BeforeEach
    void silenceLogs() {
        configuredLevel = WORKFLOWS.getLevel();
        WORKFLOWS.setLevel(Level.OFF);
    }

    @AfterEach
    void restoreLogs() {
        WORKFLOWS.setLevel(configuredLevel);
    }

    @Test
    void shouldKeepAllInvariantsForAnySeed() throws InterruptedException {
        // given
        long first = SINGLE_SEED == null ? FIRST_SEED : SINGLE_SEED;
        long count = SINGLE_SEED == null ? SEEDS : 1;
        List<Report> failed = Collections.synchronizedList(new ArrayList<>());
        Set<Fault> fired = Collections.synchronizedSet(EnumSet.noneOf(Fault.class));
        Set<String> ends = Collections.synchronizedSet(new TreeSet<>());
        long begun = System.nanoTime();

        // when
        runSeeds(first, count, seed -> {
            Report report = new Simulation(seed, Mutant.NONE, SINGLE_SEED != null || seed % REPLAYED_SEEDS == 0).run();
            fired.addAll(report.fired());
            ends.addAll(report.ends());
            if (!report.broken().isEmpty() || SINGLE_SEED != null) {
                failed.add(report);
            }
            return failed.size() < MAX_REPORTED;
        });

        // then
        System.out.printf("%d seeds from %d in %.1f s%n", count, first, (System.nanoTime() - begun) / 1e9);
        if (failed.stream().anyMatch(report -> !report.broken().isEmpty())) {
            fail(failed.stream().map(Report::text).reduce("", (one, other) -> one + "\n\n" + other));
        }
        failed.forEach(report -> System.out.println(report.text()));
        if (SINGLE_SEED == null && SEEDS >= SEEDS_FOR_ALL_FAULTS) {
            assertThat(fired).as("faults that struck").containsExactlyInAnyOrder(Fault.values());
            assertThat(ends).as("how joins ended").containsAll(EXPECTED_OUTCOMES);
        }
    }

    @Test
    void shouldRunIdenticallyForTheSameSeed() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 10; seed++) {
            // when
            Report once = new Simulation(seed, Mutant.NONE, false).run();
            Report again = new Simulation(seed, Mutant.NONE, false).run();

            // then
            assertThat(again).isEqualTo(once);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldDetectEachMutant(Mutant mutant) throws InterruptedException {
        // given
        List<Report> found = Collections.synchronizedList(new ArrayList<>());

        // when
        runSeeds(FIRST_SEED, SEEDS_PER_MUTANT, seed -> {
            Simulation simulation = new Simulation(seed, mutant, false);
            if (mutant.mayShow(simulation.faults())) {
                Report report = simulation.run();
                if (!report.broken().isEmpty()) {
                    found.add(report);
                }
            }
            return found.isEmpty();
        });

        // then
        assertThat(found).as(mutant.name()).isNotEmpty();
        Report report = found.getFirst();
        System.out.printf(
                "%s found by seed %d: %s%n",
                mutant, report.seed(), report.broken().getFirst());
    }

    /** Runs as many simulations concurrently as there are processors. */
    private static void runSeeds(long first, long count, Predicate<Long> run) throws InterruptedException {
        AtomicLong next = new AtomicLong(first);
        List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                long seed = next.getAndIncrement();
                try {
                    while (seed < first + count && run.test(seed)) {
                        seed = next.getAndIncrement();
                    }
                } catch (Throwable defect) { // reported to the test
                    thrown.add(new AssertionError("seed " + seed, defect));
                }
                next.set(first + count);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!thrown.isEmpty()) {
            fail(thrown.getFirst());
        }
    }
}
