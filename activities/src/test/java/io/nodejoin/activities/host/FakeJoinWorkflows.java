package io.nodejoin.activities.host;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.join.AgentConnection;
import io.nodejoin.workflows.join.EnrollmentProof;
import io.nodejoin.workflows.join.HostReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Joins in memory: the first key with the right digest is bound, as the workflow does it. */
final class FakeJoinWorkflows implements JoinWorkflows {
    final List<AgentConnection> connections = new CopyOnWriteArrayList<>();
    final List<HostReport> reports = new CopyOnWriteArrayList<>();
    final List<AgentIdentity> asked = new CopyOnWriteArrayList<>();
    final AtomicBoolean away = new AtomicBoolean();
    private final Map<AgentIdentity, Join> joins = new ConcurrentHashMap<>();

    private record Join(String run, String digest, Map<String, String> bound) {}

    void start(AgentIdentity agent, String digest) {
        joins.put(agent, new Join(UUID.randomUUID().toString(), digest, new ConcurrentHashMap<>()));
    }

    @Override
    public Optional<String> runningJoin(AgentIdentity agent) {
        return find(agent).map(Join::run);
    }

    @Override
    public Optional<EnrollmentDecision> enroll(AgentIdentity agent, EnrollmentProof proof) {
        asked.add(agent);
        return find(agent).map(join -> decide(join, proof));
    }

    @Override
    public boolean agentConnected(AgentIdentity agent, AgentConnection connection) {
        return find(agent).isPresent() && connections.add(connection);
    }

    @Override
    public boolean hostReported(AgentIdentity agent, HostReport report) {
        return find(agent).isPresent() && reports.add(report);
    }

    private Optional<Join> find(AgentIdentity agent) {
        if (away.get()) {
            throw new IllegalStateException("away");
        }
        return Optional.ofNullable(joins.get(agent));
    }

    private static EnrollmentDecision decide(Join join, EnrollmentProof proof) {
        if (!join.digest().equals(proof.secretDigest())) {
            return refused("the secret's digest differs");
        }
        String first = join.bound().computeIfAbsent("key", _ -> proof.publicKey());
        return first.equals(proof.publicKey())
                ? new EnrollmentDecision.Bound(JoinId.of("test", join.run()))
                : refused("another key is bound");
    }

    private static EnrollmentDecision refused(String why) {
        return new EnrollmentDecision.Refused(new Problem(ErrorCode.ENROLLMENT_REFUSED, why));
    }
}
