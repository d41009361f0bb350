package io.nodejoin.workflows.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Which faults a run meets, and when which of them strikes. */
final class Weather {
    private static final int MOST = 6;

    private final Chance chance;
    private final Supplier<Instant> clock;
    private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
    private final Set<Fault> fired = EnumSet.noneOf(Fault.class);
    private final Instant calm;
    private final Instant outageBegins;
    private final Instant outageEnds;
    private final int rate;

    /** How one call to a server goes. */
    enum Call {
        OK,
        UNREACHABLE,
        REFUSED,
        ANSWER_LOST,
        LATE
    }

    Weather(Chance chance, Instant start, Supplier<Instant> clock) {
        this.chance = chance;
        this.clock = clock;
        if (!chance.percent(12)) {
            List<Fault> all = new ArrayList<>(List.of(Fault.values()));
            int count = 1 + chance.below(MOST);
            for (int i = 0; i < count; i++) {
                faults.add(chance.oneOf(all));
            }
        }
        calm = start.plus(chance.seconds(60, 1_500));
        outageBegins = start.plus(chance.seconds(0, 240));
        outageEnds = outageBegins.plus(chance.seconds(10, 600));
        rate = 5 + chance.below(40);
    }

    Set<Fault> faults() {
        return faults;
    }

    /** The faults that have struck at least once. */
    Set<Fault> fired() {
        return fired;
    }

    /** When the last of the faults that come and go is over. */
    Instant calm() {
        return outageEnds.isAfter(calm) ? outageEnds : calm;
    }

    boolean has(Fault fault) {
        return faults.contains(fault);
    }

    /** The fault strikes. */
    boolean strikes(Fault fault) {
        boolean struck = faults.contains(fault);
        if (struck) {
            fired.add(fault);
        }
        return struck;
    }

    Call apiCall() {
        if (isOut(Fault.API_OUTAGE)) {
            return Call.UNREACHABLE;
        }
        if (now(Fault.API_LATE) && strikes(Fault.API_LATE)) {
            return Call.LATE;
        }
        if (!now(Fault.API_FLAKY)) {
            return Call.OK;
        }
        fired.add(Fault.API_FLAKY);
        return chance.percent(50) ? Call.REFUSED : Call.ANSWER_LOST;
    }

    Call brokerCall() {
        if (isOut(Fault.BROKER_OUTAGE)) {
            return Call.UNREACHABLE;
        }
        if (!now(Fault.BROKER_FLAKY)) {
            return Call.OK;
        }
        fired.add(Fault.BROKER_FLAKY);
        return chance.percent(50) ? Call.REFUSED : Call.ANSWER_LOST;
    }

    Duration apiLatency() {
        return now(Fault.API_SLOW) && strikes(Fault.API_SLOW) ? chance.millis(100, 4_000) : chance.millis(1, 15);
    }

    /** Whether the API server answers at all, for those who ask without tries. */
    boolean isReachable() {
        return !isOut(Fault.API_OUTAGE);
    }

    boolean losesTask() {
        return now(Fault.TASKS_LOST) && strikes(Fault.TASKS_LOST);
    }

    boolean losesCache() {
        return strikes(Fault.CACHE_LOST) || chance.percent(1);
    }

    boolean losesReport() {
        return now(Fault.REPORTS_LOST) && strikes(Fault.REPORTS_LOST);
    }

    boolean losesHeartbeat() {
        return isOut(Fault.HEARTBEATS_LOST);
    }

    private boolean isOut(Fault fault) {
        boolean out =
                has(fault) && !clock.get().isBefore(outageBegins) && clock.get().isBefore(outageEnds);
        return out && strikes(fault);
    }

    private boolean now(Fault fault) {
        return has(fault) && clock.get().isBefore(calm) && chance.percent(rate);
    }
}
