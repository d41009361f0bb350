package io.nodejoin.gateway.temporal;

import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.locks.ReentrantLock;

/** Joins in memory: the first key with the right digest is bound, as the workflow does it. */
public final class FakeJoinWorkflows implements JoinWorkflows {
    public final List<AgentConnection> connections = new CopyOnWriteArrayList<>();
    /** The connections that came with enrollments. */
    public final List<AgentConnection> enrolled = new CopyOnWriteArrayList<>();

    /** The runs of cleanups, by join. */
    public final Map<JoinId, String> cleanups = new ConcurrentHashMap<>();

    /** The nodes whose joins have learned that their agents wait for their turn. */
    public final List<NodeRef> waiting = new CopyOnWriteArrayList<>();

    public final List<MilestoneReport> reports = new CopyOnWriteArrayList<>();
    public final List<EnrollmentProof> proofs = new CopyOnWriteArrayList<>();
    /** The nodes of whose joins anything was asked. */
    public final List<NodeRef> asked = new CopyOnWriteArrayList<>();
    /** Since when starts were asked for. */
    public final List<Instant> queries = new CopyOnWriteArrayList<>();

    public final AtomicBoolean away = new AtomicBoolean();
    /** Whoever holds it keeps looks for running joins from being answered. */
    public final ReentrantLock showing = new ReentrantLock();
    /** The most looks for running joins that there were at once. */
    public final LongAccumulator looksAtOnce = new LongAccumulator(Math::max, 0);

    private final Map<NodeRef, Join> joins = new ConcurrentHashMap<>();

    private final Map<NodeRef, JoinId> succeeded = new ConcurrentHashMap<>();
    private final AtomicInteger looks = new AtomicInteger();

    private Runnable meanwhile = () -> {};

    private record Join(JoinId id, String run, String digest, Map<String, String> bound, Instant at) {}

    public void start(AgentIdentity agent, String digest) {
        start(agent, digest, Instant.now());
    }

    public void start(AgentIdentity agent, String digest, Instant at) {
        joins.put(
                agent.node(),
                new Join(agent.join(), UUID.randomUUID().toString(), digest, new ConcurrentHashMap<>(), at));
    }

    /** Does this once, after the next look for a running join and before its answer. */
    public void whileLooking(Runnable act) {
        meanwhile = act;
    }

    /** Ends the join of this agent with a joined node. */
    public void succeed(AgentIdentity agent) {
        joins.remove(agent.node());
        succeeded.put(agent.node(), agent.join());
    }

    /** Binds this key, as an enrollment would. */
    public void bind(AgentIdentity agent, String key) {
        find(agent.node()).orElseThrow().bound().put("key", key);
    }

    /** The key that is bound. */
    public String boundKey(AgentIdentity agent) {
        return find(agent.node()).orElseThrow().bound().getOrDefault("key", "");
    }

    @Override
    public Optional<RunningJoin> findRunningJoin(NodeRef node) {
        asked.add(node);
        looksAtOnce.accumulate(looks.incrementAndGet());
        showing.lock();
        try {
            return look(node);
        } finally {
            showing.unlock();
            looks.decrementAndGet();
        }
    }

    private Optional<RunningJoin> look(NodeRef node) {
        Optional<RunningJoin> seen = find(node)
                .map(join ->
                        new RunningJoin(join.id(), join.run(), join.bound().isEmpty(), null, false, join.digest()));
        Runnable once = meanwhile;
        meanwhile = () -> {};
        once.run();
        return seen;
    }

    @Override
    public List<StartedJoin> findStartedSince(Instant since) {
        queries.add(since);
        if (away.get()) {
            throw new IllegalStateException("away");
        }
        return joins.entrySet().stream()
                .filter(join -> !join.getValue().at().isBefore(since))
                .map(join -> new StartedJoin(
                        join.getKey(),
                        join.getValue().run(),
                        join.getValue().at(),
                        join.getValue().digest()))
                .toList();
    }

    @Override
    public boolean isJoined(NodeRef node, JoinId join) {
        return find(node).isEmpty() && join.equals(succeeded.get(node));
    }

    @Override
    public Optional<EnrollmentDecision> enroll(NodeRef node, EnrollmentProof proof) {
        asked.add(node);
        proofs.add(proof);
        return find(node).map(join -> decide(join, proof));
    }

    @Override
    public boolean agentConnected(NodeRef node, String run, AgentConnection connection) {
        return find(node).filter(join -> join.run().equals(run)).isPresent() && connections.add(connection);
    }

    @Override
    public Optional<String> findCleanup(NodeRef node, JoinId join) {
        return Optional.ofNullable(cleanups.get(join));
    }

    @Override
    public boolean cleanupConnected(NodeRef node, JoinId join, String run, AgentConnection connection) {
        return run.equals(cleanups.get(join)) && connections.add(connection);
    }

    @Override
    public boolean waitsForTurn(NodeRef node, String run) {
        return find(node).filter(join -> join.run().equals(run)).isPresent() && waiting.add(node);
    }

    @Override
    public boolean milestoneReached(NodeRef node, String run, MilestoneReport report) {
        return find(node).filter(join -> join.run().equals(run)).isPresent() && reports.add(report);
    }

    private Optional<Join> find(NodeRef node) {
        if (away.get()) {
            throw new IllegalStateException("away");
        }
        return Optional.ofNullable(joins.get(node));
    }

    private EnrollmentDecision decide(Join join, EnrollmentProof proof) {
        if (!join.digest().equals(proof.secretDigest())) {
            return refused("the secret's digest differs");
        }
        String first = join.bound().computeIfAbsent("key", _ -> proof.publicKey());
        if (!first.equals(proof.publicKey())) {
            return refused("another key is bound");
        }
        if (proof.connection() != null) {
            enrolled.add(proof.connection());
        }
        return new EnrollmentDecision.Bound(join.id(), join.run());
    }

    private static EnrollmentDecision refused(String why) {
        return new EnrollmentDecision.Refused(new Problem(ErrorCode.ENROLLMENT_REFUSED, why));
    }
}
