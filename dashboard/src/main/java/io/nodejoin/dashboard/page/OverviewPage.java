package io.nodejoin.dashboard.page;

import io.nodejoin.dashboard.Level;
import io.nodejoin.dashboard.ServiceStatus;
import io.nodejoin.dashboard.overview.Overview;
import io.nodejoin.dashboard.text.Format;
import io.nodejoin.dashboard.text.Links;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.visibility.event.StayStatistics;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The overview. */
public record OverviewPage(
        Chrome chrome, Overview overview, @Nullable String docs) {
    private static final int BAR_WIDTH = 96;

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
        return Stream.concat(joins, brakes(cluster)).toList();
    }

    private static Stream<Link> brakes(Overview.ClusterState cluster) {
        if (!cluster.brakes().isEmpty()) {
            return cluster.brakes().stream()
                    .map(brake -> new Link("held back: " + brake.sentence(), place(brake.kind(), cluster)));
        }
        return cluster.brakesComplete() ? Stream.of(new Link("no limit holds joins back", Links.PARTS)) : Stream.of();
    }

    /** Returns where those are that wait for it. */
    private static String place(ServiceStatus.Brake.Kind kind, Overview.ClusterState cluster) {
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
                && cluster.brakes().isEmpty()) {
            return "is idle";
        }
        return switch (cluster.level()) {
            case OK -> "joins well";
            case ATTENTION -> cluster.brakes().isEmpty() ? "needs a look" : "is held back";
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

    /** Returns the median of a phase in the last hour, or a dash. */
    public String median(Overview.PhaseState phase) {
        return phase.hour() == null ? "–" : Format.duration(phase.hour().median());
    }

    /** Returns the 95th percentile of a phase in the last hour, or a dash. */
    public String p95(Overview.PhaseState phase) {
        return phase.hour() == null ? "–" : Format.duration(phase.hour().p95());
    }

    /** Returns how the median changed against the day; empty if it did not. */
    public String change(Overview.PhaseState phase) {
        return Format.change(median(phase.hour()), median(phase.day()));
    }

    private static @Nullable Duration median(@Nullable StayStatistics stays) {
        return stays == null ? null : stays.median();
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
