package io.nodejoin.service.intake;

import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.gateway.enrollment.RejoinHandler;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.rejoin.RejoinClaim;
import io.nodejoin.workflows.rejoin.RejoinDecision;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.function.Function;

/**
 * Starts a rejoin from the joined-node record. The request is the recorded one with rejoin set, so it asks for nothing
 * that was not admitted before. It bypasses the requests topic, which others can write to.
 */
public final class RejoinStarter implements RejoinHandler {
    private final Function<RejoinClaim, RejoinDecision> decisions;
    private final JoinStarter joinStarter;
    private final Map<ClusterName, JoinPolicy> policies;
    private final Duration deadline;
    private final AuditLog audit;
    private final Clock clock;

    /**
     * @param decisions decides a machine's claim
     * @param deadline maximum duration of such a join
     */
    public RejoinStarter(
            Function<RejoinClaim, RejoinDecision> decisions,
            JoinStarter joinStarter,
            Map<ClusterName, JoinPolicy> policies,
            Duration deadline,
            AuditLog audit,
            Clock clock) {
        this.decisions = decisions;
        this.joinStarter = joinStarter;
        this.policies = Map.copyOf(policies);
        this.deadline = deadline;
        this.audit = audit;
        this.clock = clock;
    }

    @Override
    public Answer rejoin(RejoinAttempt attempt) {
        ClusterName cluster = attempt.node().cluster();
        JoinPolicy policy = policies.get(cluster);
        if (policy == null) {
            return new Answer.Refused(
                    new Problem(ErrorCode.UNKNOWN_CLUSTER, "no cluster '" + cluster + "' is configured here"));
        }
        RejoinClaim claim = new RejoinClaim(attempt.node(), attempt.secretDigest(), attempt.publicKey());
        return switch (decisions.apply(claim)) {
            case RejoinDecision.Refused(Problem why) -> new Answer.Refused(why);
            case RejoinDecision.Eligible eligible -> start(attempt, eligible, policy);
        };
    }

    private Answer start(RejoinAttempt attempt, RejoinDecision.Eligible eligible, JoinPolicy policy) {
        ClusterName cluster = attempt.node().cluster();
        JoinId joinId =
                JoinId.of("/nodejoin/" + cluster + "/rejoins", eligible.nodeUid() + "/" + attempt.certificateSerial());
        Instant now = clock.instant();
        audit.record(new AuditEntry(
                cluster,
                joinId.value(),
                "node.rejoin",
                "nodes/" + attempt.node().name() + "#" + eligible.nodeUid(),
                Map.of(
                        "certificate-serial",
                        attempt.certificateSerial(),
                        "key-digest",
                        Sha256.hex(Base64.getDecoder().decode(attempt.publicKey())))));
        JoinRequest request =
                new JoinRequest(joinId, now, asRejoin(eligible.request()), now.plus(deadline), policy, null);
        return switch (joinStarter.startIfIdle(request)) {
            case JoinStarter.StartResult.Started _,
                    JoinStarter.StartResult.Queued _,
                    JoinStarter.StartResult.Duplicate _ -> new Answer.Started(joinId);
            case JoinStarter.StartResult.Refused(Problem why) -> new Answer.Refused(why);
        };
    }

    private static JoinRequested asRejoin(JoinRequested wanted) {
        return new JoinRequested(
                wanted.cluster(),
                wanted.nodeName(),
                wanted.enrollment(),
                wanted.addresses(),
                wanted.labels(),
                wanted.taints(),
                wanted.providerId(),
                wanted.hostProfile(),
                wanted.readyGates(),
                null,
                wanted.servingCertificate(),
                true,
                wanted.podCidr(),
                wanted.pool(),
                wanted.machine());
    }
}
