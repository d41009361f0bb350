package io.nodejoin.dashboard.overview;

import io.nodejoin.dashboard.Level;
import io.nodejoin.dashboard.ServiceStatus;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.visibility.event.JoinStatistics;
import io.nodejoin.visibility.event.PhaseDurationStatistics;
import io.nodejoin.visibility.join.JoinSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of all joins at one glance.
 *
 * @param weekSince when the oldest join of the week before the last hour ended that is known; null if none is
 * @param needsYou what a person has to see to, the most urgent first
 * @param temporalProblem why the numbers of open joins are missing; null if they are there
 * @param eventsProblem why the statistics are not up to date; null if they are
 */
public record Overview(
        Instant at,
        List<ClusterState> clusters,
        List<PhaseState> funnel,
        @Nullable Instant weekSince,
        List<NeedsYou> needsYou,
        List<JoinSummary> latest,
        List<ServiceStatus.Part> parts,
        @Nullable String temporalProblem,
        @Nullable String eventsProblem) {
    public Overview {
        clusters = List.copyOf(clusters);
        funnel = List.copyOf(funnel);
        needsYou = List.copyOf(needsYou);
        latest = List.copyOf(latest);
        parts = List.copyOf(parts);
    }

    /**
     * One cluster.
     *
     * @param open how many joins and leaves run; -1 if that could not be found out
     * @param hour the joins that ended in the last hour
     * @param oldestOpen how long the oldest one runs; null if none does
     * @param limits the limits that hold joins back now, the one that stops most first
     * @param limitsComplete whether this replica would see every limit
     */
    public record ClusterState(
            ClusterName cluster,
            Level level,
            long open,
            JoinStatistics hour,
            @Nullable Duration oldestOpen,
            List<ServiceStatus.BindingLimit> limits,
            boolean limitsComplete) {
        public ClusterState {
            limits = List.copyOf(limits);
        }
    }

    /**
     * One phase.
     *
     * @param now how many are in it; -1 if that could not be found out
     * @param hour how long joins stayed in it that ended in the last hour; null if none did
     * @param hourBefore the same of the hour before
     * @param weekBefore the same of the week before the last hour, as far as {@link #weekSince}
     * @param day the same of the last day
     * @param dropOuts how many failed in it in the last day, by code
     */
    public record PhaseState(
            Phase phase,
            long now,
            @Nullable PhaseDurationStatistics hour,
            @Nullable PhaseDurationStatistics hourBefore,
            @Nullable PhaseDurationStatistics weekBefore,
            @Nullable PhaseDurationStatistics day,
            Map<ErrorCode, Long> dropOuts) {
        public PhaseState {
            dropOuts = Map.copyOf(dropOuts);
        }
    }

    /**
     * Something that a person has to see to.
     *
     * @param path where to look, within the dashboard
     * @param action what is found there
     * @param runbook the page of the operations manual about it; null if there is none
     */
    public record NeedsYou(
            Level level,
            String sentence,
            String path,
            String action,
            @Nullable String runbook) {}
}
