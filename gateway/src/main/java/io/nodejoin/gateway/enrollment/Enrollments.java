package io.nodejoin.gateway.enrollment;

import io.nodejoin.activities.RootCause;
import io.nodejoin.gateway.agentca.AgentCertificates;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.agentca.AgentPublicKey;
import io.nodejoin.gateway.config.GatewayTimes;
import io.nodejoin.gateway.ratelimit.AttemptLimit;
import io.nodejoin.gateway.ratelimit.Refusals;
import io.nodejoin.gateway.temporal.EnrollmentDecision;
import io.nodejoin.gateway.temporal.JoinWorkflows;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.EnrollmentAnswer;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.workflows.join.EnrollmentProof;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the join whether an agent's key is bound to it, and issues the certificate. While no join of that name runs, the
 * request waits: an agent may well be there before its event.
 */
public final class Enrollments {
    private static final Logger LOG = LoggerFactory.getLogger(Enrollments.class);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

    private final JoinWorkflows workflows;
    private final AgentCertificates certificates;
    private final JoinHints hints;
    private final GatewayTimes times;
    private final AttemptLimit perNode;
    private final Refusals refusals;
    private volatile boolean stopped;

    public Enrollments(
            JoinWorkflows workflows,
            AgentCertificates certificates,
            JoinHints hints,
            GatewayTimes times,
            AttemptLimit perNode,
            Refusals refusals) {
        this.workflows = workflows;
        this.certificates = certificates;
        this.hints = hints;
        this.times = times;
        this.perNode = perNode;
        this.refusals = refusals;
    }

    /** How an enrollment ended; a refusal's reason is in the audit log only. */
    public sealed interface Outcome {
        record Enrolled(EnrollmentAnswer.Enrolled answer) implements Outcome {}

        record Wait(EnrollmentAnswer.Wait answer) implements Outcome {}

        record Refused() implements Outcome {}

        record BadKey() implements Outcome {}

        record Throttled() implements Outcome {}

        /** The certificate could not be recorded, so there is none. */
        record Unavailable() implements Outcome {}
    }

    /**
     * Blocks while no join of that name runs, at most for the wait of the settings.
     *
     * @param address where the request comes from
     */
    public Outcome enroll(EnrollmentRequest request, String address) throws InterruptedException {
        NodeRef node = new NodeRef(request.cluster(), request.node());
        if (!perNode.allows(node.cluster() + "/" + node.node())) {
            refusals.throttled(node, address);
            return new Outcome.Throttled();
        }
        Optional<AgentPublicKey> key = AgentPublicKey.parse(request.publicKey());
        if (key.isEmpty()) {
            return new Outcome.BadKey();
        }
        EnrollmentProof proof =
                new EnrollmentProof(Sha256.hex(request.secret()), key.get().base64());
        return switch (awaitDecision(node, proof).orElse(null)) {
            case EnrollmentDecision.Bound bound -> enrolled(node, key.get(), bound);
            case EnrollmentDecision.Refused refused -> {
                LOG.atWarn()
                        .addKeyValue("cluster", node.cluster())
                        .addKeyValue("node", node.node())
                        .addKeyValue("reason", refused.problem().detail())
                        .log("enrollment refused");
                refusals.enrollment(node, key.get(), address, refused.problem());
                yield new Outcome.Refused();
            }
            case null -> new Outcome.Wait(new EnrollmentAnswer.Wait(ASK_AGAIN));
        };
    }

    public void stop() {
        stopped = true;
        hints.wakeAll();
    }

    private Outcome enrolled(NodeRef node, AgentPublicKey key, EnrollmentDecision.Bound bound) {
        return certificates
                .issue(new AgentIdentity(node, bound.joinId()), key.info(), AgentCertificates.Occasion.ENROLLMENT)
                .<Outcome>map(Outcome.Enrolled::new)
                .orElseGet(Outcome.Unavailable::new);
    }

    private Optional<EnrollmentDecision> awaitDecision(NodeRef node, EnrollmentProof proof)
            throws InterruptedException {
        long end = System.nanoTime() + times.enrollmentWait().toNanos();
        while (true) {
            CountDownLatch hint = hints.await(node);
            try {
                Optional<EnrollmentDecision> decision = ask(node, proof);
                long left = end - System.nanoTime();
                if (decision.isPresent() || left <= 0 || stopped) {
                    return decision;
                }
                boolean hinted =
                        hint.await(Math.min(left, times.enrollmentRetry().toNanos()), TimeUnit.NANOSECONDS);
                LOG.debug("{} for {}", hinted ? "hinted at a join" : "asking again", node);
            } finally {
                hints.leave(node, hint);
            }
        }
    }

    private Optional<EnrollmentDecision> ask(NodeRef node, EnrollmentProof proof) {
        try {
            return workflows.enroll(node, proof);
        } catch (RuntimeException e) {
            // Whatever keeps Temporal from answering: to the agent this is a wait, like a join that is not there yet.
            LOG.atWarn()
                    .addKeyValue("cluster", node.cluster())
                    .addKeyValue("node", node.node())
                    .log("no decision on an enrollment: {}", RootCause.reason(e));
            return Optional.empty();
        }
    }
}
