package io.nodejoin.workflows.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The faults of a run, and when each occurs. */
final class FaultSchedule implements Losses {
    private static final int MAX_FAULTS = 6;

    private final SeededRandom random;
    private final Supplier<Instant> clock;
    private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
    private final Set<Fault> fired = EnumSet.noneOf(Fault.class);
    private final Instant faultsEnd;
    private final Instant outageBegins;
    private final Instant outageEnds;
    private final int rate;

    /** The result of one call to a server. */
    enum CallOutcome {
        OK,
        UNREACHABLE,
        REFUSED,
        ANSWER_LOST,
        LATE
    }

    FaultSchedule(SeededRandom random, Instant start, Supplier<Instant> clock) {
        this.random = random;
        this.clock = clock;
        if (!random.nextPercent(12)) {
            List<Fault> all = new ArrayList<>(List.of(Fault.values()));
            int count = 1 + random.nextInt(MAX_FAULTS);
            for (int i = 0; i < count; i++) {
                faults.add(random.pick(all));
            }
        }
        faultsEnd = start.plus(random.nextSeconds(60, 1_500));
        outageBegins = start.plus(random.nextSeconds(0, 240));
        outageEnds = outageBegins.plus(random.nextSeconds(10, 600));
        rate = 5 + random.nextInt(40);
    }

    Set<Fault> faults() {
        return faults;
    }

    /** Returns the faults that have occurred at least once. */
    Set<Fault> firedFaults() {
        return fired;
    }

    /** Returns the end of the last temporary fault. */
    Instant faultsEnd() {
        return outageEnds.isAfter(faultsEnd) ? outageEnds : faultsEnd;
    }

    boolean has(Fault fault) {
        return faults.contains(fault);
    }

    /** The fault occurs. */
    boolean fires(Fault fault) {
        boolean struck = faults.contains(fault);
        if (struck) {
            fired.add(fault);
        }
        return struck;
    }

    CallOutcome apiCall() {
        if (isInOutage(Fault.API_OUTAGE)) {
            return CallOutcome.UNREACHABLE;
        }
        if (isActiveNow(Fault.API_DELAYED) && fires(Fault.API_DELAYED)) {
            return CallOutcome.LATE;
        }
        if (!isActiveNow(Fault.API_FLAKY)) {
            return CallOutcome.OK;
        }
        fired.add(Fault.API_FLAKY);
        return random.nextPercent(50) ? CallOutcome.REFUSED : CallOutcome.ANSWER_LOST;
    }

    CallOutcome brokerCall() {
        if (isInOutage(Fault.BROKER_OUTAGE)) {
            return CallOutcome.UNREACHABLE;
        }
        if (!isActiveNow(Fault.BROKER_FLAKY)) {
            return CallOutcome.OK;
        }
        fired.add(Fault.BROKER_FLAKY);
        return random.nextPercent(50) ? CallOutcome.REFUSED : CallOutcome.ANSWER_LOST;
    }

    Duration apiLatency() {
        return isActiveNow(Fault.API_SLOW) && fires(Fault.API_SLOW)
                ? random.nextMillis(100, 4_000)
                : random.nextMillis(1, 15);
    }

    /** Returns whether the API server responds, for callers without retries. */
    boolean isReachable() {
        return !isInOutage(Fault.API_OUTAGE);
    }

    @Override
    public boolean dropsWorkflowTask() {
        return isActiveNow(Fault.TASKS_LOST) && fires(Fault.TASKS_LOST);
    }

    @Override
    public boolean dropsCache() {
        return fires(Fault.CACHE_LOST) || random.nextPercent(1);
    }

    @Override
    public boolean dropsCompletion() {
        return isActiveNow(Fault.REPORTS_LOST) && fires(Fault.REPORTS_LOST);
    }

    @Override
    public boolean dropsHeartbeat() {
        return isInOutage(Fault.HEARTBEATS_LOST);
    }

    private boolean isInOutage(Fault fault) {
        boolean out =
                has(fault) && !clock.get().isBefore(outageBegins) && clock.get().isBefore(outageEnds);
        return out && fires(fault);
    }

    private boolean isActiveNow(Fault fault) {
        return has(fault) && clock.get().isBefore(faultsEnd) && random.nextPercent(rate);
    }
}
