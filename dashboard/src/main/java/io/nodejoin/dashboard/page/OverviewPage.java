package io.nodejoin.dashboard.page;

import io.nodejoin.dashboard.Level;
import io.nodejoin.dashboard.ServiceStatus;
import io.nodejoin.dashboard.overview.Overview;
import io.nodejoin.dashboard.text.Format;
import io.nodejoin.dashboard.text.Links;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.visibility.event.PhaseDurationStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The overview. */
public record OverviewPage(
        PageLayout layout, Overview overview, @Nullable String docs) {
    private static final int BAR_WIDTH = 72;
    private static final Duration ALMOST_A_WEEK = Duration.ofDays(6);

    /** A number or code that leads to the list behind it. */
    public record Link(String text, String href) {}

    /** Returns the joins of a cluster, their success, and what holds them back. */
    public List<Link> facts(Overview.ClusterState cluster) {
        Duration oldest = cluster.oldestOpen();
        Stream<Link> joins = Stream.of(
                new Link(
                        Format.rate(cluster.hour().perMinute()) + " joins a minute",
                        Links.since(cluster.cluster(), "1h")),
                new Link(success(cluster), Links.ended(cluster.cluster(), Phase.Joined, "1h")),
                new Link(
                        Format.number(cluster.open()) + " running"
                                + (oldest == null ? "" : ", the oldest for " + Format.duration(oldest)),
                        Links.open(cluster.cluster())));
        return Stream.concat(joins, limits(cluster)).toList();
    }

    private static Stream<Link> limits(Overview.ClusterState cluster) {
        if (!cluster.limits().isEmpty()) {
            return cluster.limits().stream()
                    .map(limit -> new Link("held back: " + limit.sentence(), place(limit.kind(), cluster)));
        }
        return cluster.limitsComplete() ? Stream.of(new Link("no limit holds joins back", Links.PARTS)) : Stream.of();
    }

    /** Returns where those are that wait for it. */
    private static String place(ServiceStatus.BindingLimit.Kind kind, Overview.ClusterState cluster) {
        return switch (kind) {
            case TEMPORAL, KAFKA, INTAKE, BACKLOG, WORKER_SLOTS, CLUSTER -> Links.PARTS;
            case TOKEN_QUOTA -> Links.inPhase(cluster.cluster(), Phase.HostPrepared);
            case API_SERVER -> Links.open(cluster.cluster());
        };
    }

    private static String success(Overview.ClusterState cluster) {
        long decided = cluster.hour().succeeded() + cluster.hour().failed();
        return cluster.hour()
                .successRatio()
                .map(ratio -> Format.percent(ratio) + " of " + Format.number(decided) + " succeeded")
                .orElse("none ended");
    }

    /** Returns the verdict on a cluster in words. */
    public String verdict(Overview.ClusterState cluster) {
        if (cluster.hour().ended() == 0
                && cluster.open() == 0
                && cluster.limits().isEmpty()) {
            return "is idle";
        }
        return switch (cluster.level()) {
            case OK -> "joins well";
            case ATTENTION -> cluster.limits().isEmpty() ? "needs a look" : "is held back";
            case BAD -> "loses joins";
        };
    }

    /** Returns how wide the bar of a phase is, of {@link #barWidth()}. */
    public long bar(Overview.PhaseState phase) {
        long most = overview.funnel().stream()
                .mapToLong(Overview.PhaseState::now)
                .max()
                .orElse(0);
        return most <= 0 || phase.now() <= 0 ? 0 : Math.max(2, phase.now() * BAR_WIDTH / most);
    }

    /** Returns the width of a full bar. */
    public int barWidth() {
        return BAR_WIDTH;
    }

    /** Returns the median, or a dash. */
    public String median(@Nullable PhaseDurationStatistics phaseDurations) {
        return phaseDurations == null ? "–" : Format.duration(phaseDurations.median());
    }

    /** Returns the 95th percentile, or a dash. */
    public String p95(@Nullable PhaseDurationStatistics phaseDurations) {
        return phaseDurations == null ? "–" : Format.duration(phaseDurations.p95());
    }

    /** Returns how the median of the last hour changed against the week; empty if it did not. */
    public String medianChange(Overview.PhaseState phase) {
        return change(phase, PhaseDurationStatistics::median);
    }

    /** Returns how the 95th percentile of the last hour changed against the week; empty if it did not. */
    public String p95Change(Overview.PhaseState phase) {
        return change(phase, PhaseDurationStatistics::p95);
    }

    private static String change(Overview.PhaseState phase, Function<PhaseDurationStatistics, Duration> quantile) {
        return phase.hour() == null || phase.weekBefore() == null
                ? ""
                : Format.change(quantile.apply(phase.hour()), quantile.apply(phase.weekBefore()));
    }

    /** Returns since when the events of the week are known if that is less than a week; empty otherwise. */
    public String weekSince() {
        Instant since = overview.weekSince();
        return since == null || since.isBefore(overview.at().minus(ALMOST_A_WEEK))
                ? ""
                : " (known since " + Format.time(since, overview.at()) + ")";
    }

    /** Returns the codes of those that dropped out, the most frequent first. */
    public List<Link> dropOuts(Overview.PhaseState phase) {
        return phase.dropOuts().entrySet().stream()
                .sorted(Map.Entry.<ErrorCode, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(code -> new Link(
                        Format.number(code.getValue()) + " × " + code.getKey(), Links.failed(code.getKey(), "24h")))
                .toList();
    }

    /** Returns the address of a page of the operations manual; null if it is not configured. */
    public @Nullable String runbook(Overview.NeedsYou item) {
        return docs == null || item.runbook() == null ? null : docs + "operations/" + item.runbook();
    }

    /** Returns the class of the colour of a level. */
    public static String tone(Level level) {
        return switch (level) {
            case OK -> "ok";
            case ATTENTION -> "attention";
            case BAD -> "bad";
        };
    }
}
