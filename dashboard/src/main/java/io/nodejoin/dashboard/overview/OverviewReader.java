package io.nodejoin.dashboard.overview;

import io.nodejoin.dashboard.Level;
import io.nodejoin.dashboard.ServiceStatus;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.visibility.event.JoinStatistics;
import io.nodejoin.visibility.event.PhaseDurationHistory;
import io.nodejoin.visibility.event.PhaseDurationStatistics;
import io.nodejoin.visibility.event.RecentDeadLetters;
import io.nodejoin.visibility.event.RecentEvents;
import io.nodejoin.visibility.join.JoinDirectory;
import io.nodejoin.visibility.join.JoinFilter;
import io.nodejoin.visibility.join.JoinPage;
import io.nodejoin.visibility.join.JoinSummary;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.visibility.join.PageToken;
import io.nodejoin.visibility.join.RequestKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks Temporal, the events and the service, all at once. One reading serves all requests of the next second. */
public final class OverviewReader {
    /** The phases of a join in their order. */
    public static final List<Phase> FUNNEL = List.of(
            Phase.Requested,
            Phase.AgentConnected,
            Phase.HostPrepared,
            Phase.TokenIssued,
            Phase.CertificateIssued,
            Phase.KubeletStarted,
            Phase.NodeReady,
            Phase.Compensating);

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration REUSED_FOR = Duration.ofSeconds(1);
    private static final Duration DAY_REUSED_FOR = Duration.ofSeconds(10);
    private static final Duration WEEK_REUSED_FOR = Duration.ofMinutes(1);
    /** How long all but one of a hundred joins take that succeed, while fewer than {@link #MIN_JOINS} have. */
    private static final Duration DEFAULT_P99 = Duration.ofMinutes(5);

    private static final Duration MIN_P99 = Duration.ofSeconds(30);
    private static final int MIN_JOINS = 20;
    /** An autoscaler requests a machine about when it boots. */
    private static final Duration UNREQUESTED = Duration.ofMinutes(15);

    private static final int LATEST = 12;

    private final JoinDirectory joins;
    private final RecentEvents events;
    private final Supplier<@Nullable String> eventsProblem;
    private final RecentDeadLetters deadLetters;
    private final ServiceStatus service;
    private final AgentWatch agents;
    private final List<ClusterName> clusters;
    private final InstantSource clock;
    private @Nullable Overview last;
    private @Nullable JoinStatistics lastDay;
    private Instant dayReadAt = Instant.EPOCH;
    private PhaseDurationHistory.@Nullable PhaseDurations lastWeek;
    private Instant weekReadAt = Instant.EPOCH;

    public OverviewReader(
            JoinDirectory joins,
            RecentEvents events,
            Supplier<@Nullable String> eventsProblem,
            RecentDeadLetters deadLetters,
            ServiceStatus service,
            AgentWatch agents,
            List<ClusterName> clusters,
            InstantSource clock) {
        this.joins = joins;
        this.events = events;
        this.eventsProblem = eventsProblem;
        this.deadLetters = deadLetters;
        this.service = service;
        this.agents = agents;
        this.clusters = List.copyOf(clusters);
        this.clock = clock;
    }

    /** Returns the state of now, or of a second ago. */
    public synchronized Overview read() {
        Instant now = clock.instant();
        Overview known = last;
        if (known != null && known.at().plus(REUSED_FOR).isAfter(now)) {
            return known;
        }
        Overview read = read(now);
        last = read;
        return read;
    }

    /** A day changes slowly, and has many joins. */
    private JoinStatistics day(Instant now) {
        JoinStatistics known = lastDay;
        if (known != null && dayReadAt.plus(DAY_REUSED_FOR).isAfter(now)) {
            return known;
        }
        JoinStatistics read = events.statistics(null, DAY);
        lastDay = read;
        dayReadAt = now;
        return read;
    }

    private PhaseDurationHistory.PhaseDurations week(Instant now) {
        PhaseDurationHistory.PhaseDurations known = lastWeek;
        if (known != null && weekReadAt.plus(WEEK_REUSED_FOR).isAfter(now)) {
            return known;
        }
        PhaseDurationHistory.PhaseDurations read = events.week().before(now.minus(HOUR));
        lastWeek = read;
        weekReadAt = now;
        return read;
    }

    private static Duration p99(JoinStatistics day) {
        PhaseDurationStatistics totals = day.totals();
        if (totals == null || totals.count() < MIN_JOINS) {
            return DEFAULT_P99;
        }
        Duration measured = totals.p99();
        return measured.compareTo(MIN_P99) < 0 ? MIN_P99 : measured;
    }

    private Overview read(Instant now) {
        JoinStatistics day = day(now);
        Duration p99 = p99(day);
        JoinFilter stuckFilter = JoinFilter.open().withKind(RequestKind.JOIN).withBefore(now.minus(p99));
        CompletableFuture<Lookup<Map<Phase, Long>>> phases =
                ask(() -> joins.countByPhase(JoinFilter.open(), EnumSet.copyOf(FUNNEL)));
        CompletableFuture<Lookup<JoinPage>> latest = ask(() -> joins.list(JoinFilter.all(), LATEST, PageToken.FIRST));
        CompletableFuture<Lookup<Long>> stuck = ask(() -> joins.count(stuckFilter));
        List<CompletableFuture<Overview.ClusterState>> states = clusters.stream()
                .map(cluster -> ask(() -> cluster(cluster, now, p99)))
                .toList();
        Baselines phaseDurations =
                new Baselines(events.statistics(null, HOUR), events.statisticsBefore(HOUR, HOUR), week(now), day);
        Lookup<Map<Phase, Long>> counts = phases.join();
        return new Overview(
                now,
                states.stream().map(CompletableFuture::join).toList(),
                FUNNEL.stream()
                        .map(phase -> phase(phase, counts, phaseDurations))
                        .toList(),
                phaseDurations.week().since(),
                needsYou(stuck.join(), p99, now),
                latest(latest.join()),
                service.parts(),
                problem(counts),
                eventsProblem.get());
    }

    private static <T> CompletableFuture<T> ask(Supplier<T> question) {
        return CompletableFuture.supplyAsync(question, Thread::startVirtualThread);
    }

    private Overview.ClusterState cluster(ClusterName cluster, Instant now, Duration p99) {
        JoinFilter open = JoinFilter.open().withCluster(cluster);
        Lookup<Long> count = joins.count(open);
        Duration oldest = switch (joins.oldest(open, now)) {
            case Lookup.Found<Optional<Instant>>(Optional<Instant> start) ->
                start.map(time -> Duration.between(time, now)).orElse(null);
            case Lookup.NotFound<Optional<Instant>> _, Lookup.Unreachable<Optional<Instant>> _ -> null;
        };
        JoinStatistics hour = events.statistics(cluster, HOUR);
        ServiceStatus.BindingLimits limits = service.limits(cluster);
        Level level = ClusterStatus.level(hour, oldest, p99, limits.binding());
        return new Overview.ClusterState(
                cluster, level, number(count), hour, oldest, limits.binding(), limits.complete());
    }

    /** The last hour, and what it is held against. */
    private record Baselines(
            JoinStatistics hour,
            JoinStatistics hourBefore,
            PhaseDurationHistory.PhaseDurations week,
            JoinStatistics day) {}

    private static Overview.PhaseState phase(Phase phase, Lookup<Map<Phase, Long>> counts, Baselines phaseDurations) {
        long now = counts instanceof Lookup.Found<Map<Phase, Long>>(Map<Phase, Long> found)
                ? found.getOrDefault(phase, 0L)
                : -1;
        return new Overview.PhaseState(
                phase,
                now,
                phaseDurations.hour().phaseDurations().get(phase),
                phaseDurations.hourBefore().phaseDurations().get(phase),
                phaseDurations.week().byPhase().get(phase),
                phaseDurations.day().phaseDurations().get(phase),
                phaseDurations.day().dropOuts().getOrDefault(phase, Map.of()));
    }

    private List<Overview.NeedsYou> needsYou(Lookup<Long> stuck, Duration p99, Instant now) {
        ActionItems list = new ActionItems();
        list.addStuck(number(stuck), p99);
        list.addResidue(events.withResidue());
        list.addDeadLetters(deadLetters.since(now.minus(DAY)).size());
        list.addWaitingAgents(agents.waitingFor(UNREQUESTED), now);
        list.addParts(service.parts());
        list.addNotices(service.notices());
        return list.mostUrgentFirst();
    }

    private static List<JoinSummary> latest(Lookup<JoinPage> page) {
        return page instanceof Lookup.Found<JoinPage>(JoinPage found) ? found.joins() : List.of();
    }

    private static long number(Lookup<Long> count) {
        return count instanceof Lookup.Found<Long>(Long found) ? found : -1;
    }

    private static @Nullable String problem(Lookup<?> lookup) {
        return lookup instanceof Lookup.Unreachable<?>(Lookup.Source _, String detail) ? detail : null;
    }
}
