package io.nodejoin.gateway.ratelimit;

import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.agentca.AgentPublicKey;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.node.NodeRef;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the reasons of refusals, which clients do not get, to the audit log, rate-limited so that attackers cannot
 * fill the disk. Never throws: a refusal that cannot be logged is still a refusal.
 */
public final class RefusalAudit {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalAudit.class);
    private static final double PER_SECOND = 1;
    private static final double BURST = 30;
    private static final double PER_SECOND_AND_ADDRESS = 0.2;
    private static final double BURST_OF_ADDRESS = 5;
    private static final String ALL = "all";
    private static final String UNKNOWN = "unknown";

    private final AuditLog audit;
    private final RateLimiter overallLimiter;
    private final RateLimiter subnetLimiter;
    private final AtomicLong suppressed = new AtomicLong();

    public RefusalAudit(AuditLog audit, LongSupplier nanoTime) {
        this.audit = audit;
        this.overallLimiter = new RateLimiter(PER_SECOND, BURST, nanoTime);
        this.subnetLimiter = new RateLimiter(PER_SECOND_AND_ADDRESS, BURST_OF_ADDRESS, nanoTime);
    }

    /** Records a secret or key that the join of this node has refused. */
    public void enrollmentRefused(NodeRef claimed, AgentPublicKey key, String address, Problem reason) {
        record(
                "enrollment.refused",
                claimed,
                joinOf(claimed),
                address,
                Map.of("code", reason.code().name(), "reason", reason.detail(), "key-digest", key.digest()));
    }

    /** Records a machine that is not the node's, or whose node does not wait for it. */
    public void rejoinRefused(NodeRef claimed, AgentPublicKey key, String address, String reason) {
        record(
                "rejoin.refused",
                claimed,
                joinOf(claimed),
                address,
                Map.of("reason", reason, "key-digest", key.digest()));
    }

    /** Records too many attempts from this address. */
    public void throttled(String address) {
        record("enrollment.throttled", null, UNKNOWN, address, Map.of("reason", "too many from this address"));
    }

    /** Records too many attempts, or too many refused ones, for this node from this address. */
    public void throttled(NodeRef claimed, String address) {
        record(
                "enrollment.throttled",
                claimed,
                joinOf(claimed),
                address,
                Map.of("reason", "too many for this node from this address"));
    }

    /** Records a client without a valid certificate. */
    public void identityRefused(String address, String reason) {
        record("agent.identity.refused", null, UNKNOWN, address, Map.of("reason", reason));
    }

    /** Records an agent that requested what its certificate does not allow. */
    public void identityRefused(AgentIdentity agent, String address, String reason) {
        record("agent.identity.refused", agent.node(), agent.join().value(), address, Map.of("reason", reason));
    }

    /** Records a second live process with the same identity. */
    public void duplicateSession(AgentIdentity agent, String address, UUID instance) {
        record(
                "agent.session.duplicate",
                agent.node(),
                agent.join().value(),
                address,
                Map.of("instance", instance.toString()));
    }

    private void record(
            String action, @Nullable NodeRef node, String join, String address, Map<String, String> details) {
        if (!subnetLimiter.tryAcquire(ClientSubnet.of(address)) || !overallLimiter.tryAcquire(ALL)) {
            suppressed.incrementAndGet();
            return;
        }
        long suppressedBefore = suppressed.getAndSet(0);
        Map<String, String> results = new TreeMap<>(details);
        results.put("address", address);
        if (suppressedBefore > 0) {
            results.put("suppressed-before", Long.toString(suppressedBefore));
        }
        ClusterName cluster = node == null ? null : node.cluster();
        String object = node == null ? "nodes/" + UNKNOWN : "nodes/" + node.name();
        try {
            audit.record(new AuditEntry(cluster, join, action, object, results));
        } catch (RuntimeException e) {
            suppressed.addAndGet(suppressedBefore + 1);
            LOG.warn("{} of {} could not be recorded: {}", action, object, e.getMessage());
        }
    }

    private static String joinOf(NodeRef node) {
        return NodeJoinWorkflow.workflowId(node.cluster(), node.name());
    }
}
