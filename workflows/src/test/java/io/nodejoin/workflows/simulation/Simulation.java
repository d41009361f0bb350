package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** One run: a join with the faults of its seed, until everything has ended. */
final class Simulation {
    /** A join that failed first, was compensated and succeeded. */
    static final String ANOTHER_ATTEMPT = "Joined in another attempt";

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LONGEST = Duration.ofHours(4);
    /** The time after the end for timed-out calls, thieves, reconnected agents and the garbage collector. */
    private static final Duration TIME_AFTER_END = Duration.ofSeconds(150);

    private final long seed;
    private final Mutant mutant;
    private final boolean replayed;

    /**
     * The result of a run.
     *
     * @param broken the violated invariants; empty on success
     * @param fired the faults that occurred
     * @param ends the outcomes: Joined, or the error codes
     */
    record Report(
            long seed, List<String> broken, Set<Fault> faults, Set<Fault> fired, Set<String> ends, List<String> trace) {

        /** Returns the verdict with everything that is needed to debug it. */
        String text() {
            String verdict = broken.isEmpty() ? " kept all rules" : " broke:\n  " + String.join("\n  ", broken);
            return "seed " + seed + " with " + faults + verdict
                    + "\nRun it again: ./mvnw -pl workflows -am test -Dtest=JoinSimulationTest#shouldKeepAllInvariantsForAnySeed"
                    + " -Dsurefire.failIfNoSpecifiedTests=false -Dnodejoin.simulation.seed=" + seed
                    + "\nWhat happened, by seconds of virtual time:\n" + String.join("\n", trace);
        }
    }

    /** @param replayed whether the histories are replayed from their beginning */
    Simulation(long seed, Mutant mutant, boolean replayed) {
        this.seed = seed;
        this.mutant = mutant;
        this.replayed = replayed;
    }

    /** Returns the faults of the seed. */
    Set<Fault> faults() {
        SeededRandom random = new SeededRandom(seed);
        Instant start = start(random);
        return new FaultSchedule(random, start, () -> start).faults();
    }

    Report run() {
        SeededRandom random = new SeededRandom(seed);
        Instant start = start(random);
        VirtualTime timeline = new VirtualTime(start, random);
        EventTrace trace = new EventTrace(start, timeline::now);
        FaultSchedule faults = new FaultSchedule(random, start, timeline::now);
        try (WorkflowExecutor code = new WorkflowExecutor(mutant.interceptors())) {
            World world = new World(timeline, random, trace, faults, code, mutant);
            trace.add("faults", faults.faults().toString());
            new LateNodes(world).collect();
            world.outside.start();
            timeline.run(start.plus(LONGEST), () -> world.temporal.running().isEmpty());
            Instant endedAt = timeline.now();
            new GarbageCollector(world).collect();
            timeline.run(endedAt.plus(TIME_AFTER_END), () -> false);
            List<String> broken = new ArrayList<>(new EndStateChecks(world).check());
            world.temporal.runs().forEach(run -> broken.addAll(CompensationOrderCheck.check(run)));
            broken.addAll(new DeadlineCheck(world, endedAt).check());
            world.stop();
            if (replayed) {
                world.temporal.runs().forEach(run -> code.replay(run).ifPresent(broken::add));
            }
            return new Report(
                    seed, broken, copy(faults.faults()), copy(faults.firedFaults()), outcomes(world), trace.lines());
        }
    }

    private static Instant start(SeededRandom random) {
        return START.plus(random.nextMillis(0, 60_000));
    }

    private static Set<String> outcomes(World world) {
        Set<String> ends = new TreeSet<>();
        for (OutcomeEvent event : world.topic) {
            switch (event.event()) {
                case JoinSucceeded joined -> ends.add(isAnotherAttempt(joined) ? ANOTHER_ATTEMPT : "Joined");
                case JoinFailed failed -> ends.add(failed.reason().name());
                case JoinCancelled cancelled -> ends.add(String.valueOf(cancelled.reason()));
                default -> {}
            }
        }
        return ends;
    }

    private static boolean isAnotherAttempt(JoinSucceeded joined) {
        return joined.phases().stream().anyMatch(time -> time.phase() == Phase.Compensating);
    }

    private static Set<Fault> copy(Set<Fault> faults) {
        return faults.isEmpty() ? EnumSet.noneOf(Fault.class) : EnumSet.copyOf(faults);
    }
}
