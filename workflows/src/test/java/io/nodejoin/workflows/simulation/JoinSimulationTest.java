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
    private static final @Nullable Long ALONE = Long.getLong("nodejoin.simulation.seed");
    private static final long FIRST = Long.getLong("nodejoin.simulation.first", 1);
    private static final int SEEDS = Integer.getInteger("nodejoin.simulation.seeds", 10_000);
    private static final int SEEDS_FOR_A_PLANT = 2_000;
    private static final int SEEDS_FOR_ALL_FAULTS = 10_000;
    private static final int REPLAYED = 50;
    private static final int SHOWN = 3;

    /** What must come of some join or other; else the faults do not do what they say. */
    private static final List<String> ENDS = List.of(
            "Joined",
            Simulation.ANOTHER_ATTEMPT,
            "AGENT_UNREACHABLE",
            "CANCELLED_BY_REQUEST",
            "CERT_NOT_ISSUED",
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

    private static final Logger WORKFLOWS = (Logger) LoggerFactory.getLogger("io.nodejoin.workflows.join");
    private @Nullable Level usual;

    /** What fails in a simulation fails on purpose, thousands of times. */
    @BeforeEach
    void hush() {
        usual = WORKFLOWS.getLevel();
        WORKFLOWS.setLevel(Level.OFF);
    }

    @AfterEach
    void speak() {
        WORKFLOWS.setLevel(usual);
    }

    @Test
    void shouldKeepAllRulesWhateverTheSeed() throws InterruptedException {
        // given
        long first = ALONE == null ? FIRST : ALONE;
        long count = ALONE == null ? SEEDS : 1;
        List<Report> failed = Collections.synchronizedList(new ArrayList<>());
        Set<Fault> fired = Collections.synchronizedSet(EnumSet.noneOf(Fault.class));
        Set<String> ends = Collections.synchronizedSet(new TreeSet<>());
        long begun = System.nanoTime();

        // when
        each(first, count, seed -> {
            Report report = new Simulation(seed, Plant.NONE, ALONE != null || seed % REPLAYED == 0).run();
            fired.addAll(report.fired());
            ends.addAll(report.ends());
            if (!report.broken().isEmpty() || ALONE != null) {
                failed.add(report);
            }
            return failed.size() < SHOWN;
        });

        // then
        System.out.printf("%d seeds from %d in %.1f s%n", count, first, (System.nanoTime() - begun) / 1e9);
        if (failed.stream().anyMatch(report -> !report.broken().isEmpty())) {
            fail(failed.stream().map(Report::text).reduce("", (one, other) -> one + "\n\n" + other));
        }
        failed.forEach(report -> System.out.println(report.text()));
        if (ALONE == null && SEEDS >= SEEDS_FOR_ALL_FAULTS) {
            assertThat(fired).as("faults that struck").containsExactlyInAnyOrder(Fault.values());
            assertThat(ends).as("how joins ended").containsAll(ENDS);
        }
    }

    @Test
    void shouldDoTheSameAgainForTheSameSeed() {
        for (long seed = FIRST; seed < FIRST + 10; seed++) {
            // when
            Report once = new Simulation(seed, Plant.NONE, false).run();
            Report again = new Simulation(seed, Plant.NONE, false).run();

            // then
            assertThat(again).isEqualTo(once);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldFindAPlantedMistake(Plant plant) throws InterruptedException {
        // given
        List<Report> found = Collections.synchronizedList(new ArrayList<>());

        // when
        each(FIRST, SEEDS_FOR_A_PLANT, seed -> {
            Report report = new Simulation(seed, plant, false).run();
            if (!report.broken().isEmpty()) {
                found.add(report);
            }
            return found.isEmpty();
        });

        // then
        assertThat(found).as(plant.name()).isNotEmpty();
        Report report = found.getFirst();
        System.out.printf(
                "%s found by seed %d: %s%n",
                plant, report.seed(), report.broken().getFirst());
    }

    /** Each run is a thread of its own; as many as there are processors go on at the same time. */
    private static void each(long first, long count, Predicate<Long> run) throws InterruptedException {
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
                } catch (Throwable defect) { // told to the test
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
