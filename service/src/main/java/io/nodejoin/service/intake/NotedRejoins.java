package io.nodejoin.service.intake;

import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.gateway.enrollment.RejoiningNodes;
import io.nodejoin.activities.kubernetes.node.ReturningNodes;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.workflows.join.JoinRequest;
import io.nodejoin.workflows.join.JoinTerms;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Takes a machine back by what the cluster has noted of it. The request is the one that the note holds, declared a re-join: so
 * it asks for nothing that was not asked for, and admitted, before. It goes to Temporal and not by the requests topic, where
 * others could write it.
 */
public final class NotedRejoins implements RejoiningNodes {
    private final BiFunction<NodeRef, ReturningNodes.Claim, ReturningNodes.Standing> notes;
    private final Joins joins;
    private final Map<ClusterName, JoinTerms> clusters;
    private final Duration deadline;
    private final AuditLog audit;
    private final Clock clock;

    /**
     * @param notes how it stands with a machine's claim
     * @param deadline how long such a join may take
     */
    public NotedRejoins(
            BiFunction<NodeRef, ReturningNodes.Claim, ReturningNodes.Standing> notes,
            Joins joins,
            Map<ClusterName, JoinTerms> clusters,
            Duration deadline,
            AuditLog audit,
            Clock clock) {
        this.notes = notes;
        this.joins = joins;
        this.clusters = Map.copyOf(clusters);
        this.deadline = deadline;
        this.audit = audit;
        this.clock = clock;
    }

    @Override
    public Answer rejoin(Comeback comeback) {
        ClusterName cluster = comeback.node().cluster();
        JoinTerms terms = clusters.get(cluster);
        if (terms == null) {
            return new Answer.Refused(
                    new Problem(ErrorCode.UNKNOWN_CLUSTER, "no cluster '" + cluster + "' is configured here"));
        }
        ReturningNodes.Claim claim = new ReturningNodes.Claim(comeback.enrollment(), comeback.publicKey());
        return switch (notes.apply(comeback.node(), claim)) {
            case ReturningNodes.Standing.Refused(Problem why) -> new Answer.Refused(why);
            case ReturningNodes.Standing.Welcome welcome -> start(comeback, welcome, terms);
        };
    }

    private Answer start(Comeback comeback, ReturningNodes.Standing.Welcome welcome, JoinTerms terms) {
        ClusterName cluster = comeback.node().cluster();
        JoinId joinId =
                JoinId.of("/nodejoin/" + cluster + "/rejoins", welcome.nodeUid() + "/" + comeback.certificateSerial());
        Instant now = clock.instant();
        audit.record(new AuditEntry(
                cluster,
                joinId.value(),
                "node.rejoin",
                "nodes/" + comeback.node().node() + "#" + welcome.nodeUid(),
                Map.of(
                        "certificate-serial",
                        comeback.certificateSerial(),
                        "key-digest",
                        Sha256.hex(Base64.getDecoder().decode(comeback.publicKey())))));
        JoinRequest request = new JoinRequest(joinId, now, declared(welcome.wanted()), now.plus(deadline), terms);
        return switch (joins.startUnlessBusy(request)) {
            case Joins.Answer.Started _, Joins.Answer.Waiting _, Joins.Answer.Duplicate _ -> new Answer.Started(joinId);
            case Joins.Answer.Superseded(Problem why) -> new Answer.Refused(why);
        };
    }

    private static JoinRequested declared(JoinRequested wanted) {
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
                wanted.podCidr());
    }
}
