package io.nodejoin.dashboard.preview;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.visibility.join.HistoryMessage;
import io.nodejoin.visibility.join.HistoryStep;
import io.nodejoin.visibility.join.JoinDetails;
import io.nodejoin.visibility.join.JoinDirectory;
import io.nodejoin.visibility.join.JoinFilter;
import io.nodejoin.visibility.join.JoinHistory;
import io.nodejoin.visibility.join.JoinPage;
import io.nodejoin.visibility.join.JoinSummary;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.visibility.join.PageToken;
import io.nodejoin.visibility.join.RequestKind;
import io.nodejoin.visibility.join.RunStatus;
import io.nodejoin.visibility.join.UpdateResult;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.node.NodeRef;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Joins that a seed invents; the same seed invents the same. */
public final class InventedJoins implements JoinDirectory {
    public static final ClusterName FRA = new ClusterName("fra-1");
    public static final ClusterName BER = new ClusterName("ber-2");

    private static final List<Phase> WAY = List.of(
            Phase.Requested,
            Phase.AgentConnected,
            Phase.HostPrepared,
            Phase.TokenIssued,
            Phase.CertificateIssued,
            Phase.KubeletStarted,
            Phase.NodeReady);
    private static final List<Integer> USUAL_MILLIS = List.of(1400, 2600, 160, 700, 450, 2100, 90);
    private static final List<ErrorCode> CODES = List.of(
            ErrorCode.HOST_PREFLIGHT_FAILED,
            ErrorCode.CSR_TIMEOUT,
            ErrorCode.NODE_NOT_READY,
            ErrorCode.AGENT_UNREACHABLE);

    private static final List<PoolName> POOLS =
            List.of(new PoolName("batch"), new PoolName("web"), new PoolName("gpu"));

    private final List<InventedJoin> joins = new ArrayList<>();
    private final List<NodeRef> aborted = new CopyOnWriteArrayList<>();
    private final List<String> operators = new CopyOnWriteArrayList<>();
    private final Map<NodeRef, Instant> extended = new ConcurrentHashMap<>();
    private @Nullable String unreachable;

    /** One of them. */
    public record InventedJoin(
            JoinSummary summary,
            List<PhaseTime> phases,
            @Nullable Problem problem) {
        public InventedJoin {
            phases = List.copyOf(phases);
        }
    }

    /** Invents so many joins of the last hours before {@code now}. */
    public InventedJoins(int count, Instant now, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            Instant start = now.minusMillis((long) (i * 4800.0 + random.nextInt(4000)));
            joins.add(invent(i, start, now, random));
        }
        joins.sort(Comparator.comparing((InventedJoin join) -> !join.summary().open())
                .thenComparing(join -> join.summary().startedAt(), Comparator.reverseOrder()));
    }

    private static InventedJoin invent(int number, Instant start, Instant now, Random random) {
        NodeRef node = new NodeRef(
                number % 4 == 0 ? BER : FRA,
                new NodeName("worker-%04d.%s.example".formatted(number, number % 4 == 0 ? "ber" : "fra")));
        boolean fails = random.nextInt(40) == 0;
        boolean hangs = random.nextInt(900) == 0;
        int stop = fails || hangs ? 1 + random.nextInt(WAY.size() - 2) : WAY.size();
        List<PhaseTime> phases = new ArrayList<>();
        Instant at = start;
        for (int i = 0; i < stop && at.isBefore(now); i++) {
            phases.add(new PhaseTime(WAY.get(i), at));
            at = at.plusMillis(
                    (long) (USUAL_MILLIS.get(i) * (0.6 + random.nextGaussian() * random.nextGaussian() * 0.3 + 0.5)));
        }
        Problem problem = null;
        if (fails && at.isBefore(now)) {
            ErrorCode code = CODES.get(random.nextInt(CODES.size()));
            problem = new Problem(code, "the step ended with: " + code.meaning());
            phases.add(new PhaseTime(Phase.Compensating, at));
            at = at.plusMillis(900 + random.nextInt(2500));
        }
        boolean ends = !hangs && at.isBefore(now);
        if (ends) {
            phases.add(new PhaseTime(fails ? Phase.Failed : Phase.Joined, at));
        }
        return new InventedJoin(
                new JoinSummary(
                        RequestKind.JOIN,
                        node,
                        JoinId.of("invented", Integer.toString(number)),
                        "run-" + number,
                        phases.getLast().phase(),
                        problem == null ? null : problem.code(),
                        ends ? (fails ? RunStatus.FAILED : RunStatus.COMPLETED) : RunStatus.RUNNING,
                        start,
                        ends ? at : null,
                        POOLS.get(number % POOLS.size())),
                phases,
                problem);
    }

    /** Adds a join of its own. */
    public void add(InventedJoin join) {
        joins.addFirst(join);
    }

    /** Has every answer be that Temporal cannot be reached. */
    public void becomeUnreachable(String detail) {
        unreachable = detail;
    }

    public List<InventedJoin> all() {
        return List.copyOf(joins);
    }

    /** Returns the deadlines that were extended. */
    public Map<NodeRef, Instant> extended() {
        return Map.copyOf(extended);
    }

    /** Returns who aborted joins. */
    public List<String> operators() {
        return List.copyOf(operators);
    }

    /** Returns the nodes whose joins were aborted. */
    public List<NodeRef> aborted() {
        return List.copyOf(aborted);
    }

    @Override
    public Lookup<JoinPage> list(JoinFilter filter, int pageSize, PageToken page) {
        if (unreachable != null) {
            return new Lookup.Unreachable<>(Lookup.Source.TEMPORAL, unreachable);
        }
        int from = page.value().isEmpty()
                ? 0
                : Integer.parseInt(new String(Base64.getUrlDecoder().decode(page.value()), StandardCharsets.UTF_8));
        List<JoinSummary> found =
                passing(filter).skip(from).limit(pageSize + 1L).toList();
        boolean more = found.size() > pageSize;
        return new Lookup.Found<>(
                new JoinPage(more ? found.subList(0, pageSize) : found, more ? token(from + pageSize) : null));
    }

    private static PageToken token(int from) {
        return new PageToken(Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Integer.toString(from).getBytes(StandardCharsets.UTF_8)));
    }

    private Stream<JoinSummary> passing(JoinFilter filter) {
        return joins.stream().map(InventedJoin::summary).filter(join -> passes(join, filter));
    }

    private static boolean passes(JoinSummary join, JoinFilter filter) {
        return filter.kinds().contains(join.kind())
                && (filter.pool() == null || filter.pool().equals(join.pool()))
                && (filter.cluster() == null
                        || filter.cluster().equals(join.node().cluster()))
                && (filter.phases().isEmpty() || filter.phases().contains(join.phase()))
                && (filter.reason() == null || filter.reason() == join.reason())
                && (filter.nodePrefix() == null || join.node().name().value().startsWith(filter.nodePrefix()))
                && (!filter.openOnly() || join.open())
                && (filter.since() == null || !join.startedAt().isBefore(filter.since()))
                && (filter.before() == null || join.startedAt().isBefore(filter.before()));
    }

    @Override
    public Lookup<Long> count(JoinFilter filter) {
        return unreachable == null
                ? new Lookup.Found<>(passing(filter).count())
                : new Lookup.Unreachable<>(Lookup.Source.TEMPORAL, unreachable);
    }

    @Override
    public Lookup<Map<Phase, Long>> countByPhase(JoinFilter filter, Set<Phase> phases) {
        if (unreachable != null) {
            return new Lookup.Unreachable<>(Lookup.Source.TEMPORAL, unreachable);
        }
        Map<Phase, Long> counts = new EnumMap<>(Phase.class);
        phases.forEach(phase -> counts.put(phase, 0L));
        passing(filter).forEach(join -> counts.computeIfPresent(join.phase(), (_, count) -> count + 1));
        return new Lookup.Found<>(counts);
    }

    @Override
    public Lookup<Optional<Instant>> oldest(JoinFilter filter, Instant now) {
        return new Lookup.Found<>(passing(filter).map(JoinSummary::startedAt).min(Comparator.naturalOrder()));
    }

    @Override
    public Lookup<JoinProgress> progress(NodeRef node) {
        return details(node).map(details -> Objects.requireNonNull(details.progress()));
    }

    @Override
    public Lookup<JoinDetails> details(NodeRef node) {
        if (unreachable != null) {
            return new Lookup.Unreachable<>(Lookup.Source.TEMPORAL, unreachable);
        }
        return joins.stream()
                .filter(join -> join.summary().node().equals(node))
                .findFirst()
                .<Lookup<JoinDetails>>map(join -> new Lookup.Found<>(details(join)))
                .orElseGet(() -> new Lookup.NotFound<>(
                        "no join or leave of " + node.name() + " in " + node.cluster() + " is known"));
    }

    private static JoinDetails details(InventedJoin join) {
        JoinSummary summary = join.summary();
        JoinProgress progress = new JoinProgress(
                JoinId.of("invented", summary.runId()),
                summary.node().cluster(),
                summary.node().name(),
                summary.phase(),
                join.phases(),
                "the host to be prepared",
                summary.startedAt().plus(Duration.ofMinutes(14)),
                join.problem());
        List<HistoryStep> steps = new ArrayList<>();
        for (int i = 0; i + 1 < join.phases().size(); i++) {
            PhaseTime phase = join.phases().get(i);
            steps.add(new HistoryStep(
                    phase.phase() == Phase.Compensating ? "Token_Revoke" : "Host_Execute",
                    phase.phase() == Phase.Compensating ? "Revoke the token" : "Step of " + phase.phase(),
                    phase.at().plusMillis(20),
                    join.phases().get(i + 1).at(),
                    i == 2 ? 3 : 1,
                    HistoryStep.State.COMPLETED,
                    i == 2 ? "the API server answers 503" : null));
        }
        return new JoinDetails(
                summary,
                progress,
                null,
                new JoinHistory(
                        steps,
                        List.of(new HistoryMessage(
                                HistoryMessage.Kind.UPDATE,
                                "enroll",
                                summary.startedAt().plusSeconds(1))),
                        List.of()));
    }

    @Override
    public Lookup<List<JoinSummary>> requests(NodeRef node) {
        return details(node).map(details -> List.of(details.summary()));
    }

    @Override
    public Lookup<JoinRequested> request(NodeRef node) {
        return new Lookup.NotFound<>("an invented join was not requested");
    }

    @Override
    public UpdateResult<JoinId> abort(NodeRef node, AbortRequest request) {
        aborted.add(node);
        operators.add(request.requestedBy());
        return new UpdateResult.Accepted<>(JoinId.of("invented", node.toString()));
    }

    @Override
    public UpdateResult<ExtendedDeadline> extendDeadline(NodeRef node, DeadlineExtension extension) {
        extended.put(node, extension.deadline());
        return new UpdateResult.Accepted<>(
                new ExtendedDeadline(JoinId.of("invented", node.toString()), extension.deadline()));
    }
}
