package io.nodejoin.gateway.enrollment;

import io.nodejoin.activities.RootCause;
import io.nodejoin.gateway.admission.AdmissionRequest;
import io.nodejoin.gateway.admission.JoinAdmission;
import io.nodejoin.gateway.admission.Turn;
import io.nodejoin.gateway.agentca.AgentCertificates;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.agentca.AgentPublicKey;
import io.nodejoin.gateway.attestation.Attestations;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.gateway.ratelimit.RefusalAudit;
import io.nodejoin.gateway.reply.Reply;
import io.nodejoin.gateway.session.EnrollmentPolls;
import io.nodejoin.gateway.session.GatewayMetrics;
import io.nodejoin.gateway.temporal.JoinWorkflows;
import io.nodejoin.gateway.temporal.JoinWorkflows.EnrollmentDecision;
import io.nodejoin.gateway.temporal.JoinWorkflows.RunningJoin;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the join to bind the agent's key, then issues the certificate and returns it with the join's first command. The
 * request waits while no join of the node runs: the agent may start before its event arrives. A join that this replica
 * starts then binds the key with its start. A join that has not begun gets the key when it is its turn.
 */
public final class Enrollments {
    private static final Logger LOG = LoggerFactory.getLogger(Enrollments.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final JoinWorkflows workflows;
    private final Attestations attestations;
    private final AgentCertificates certificates;
    private final EnrollmentPolls polls;
    private final ParkedEnrollments parkedEnrollments;
    private final JoinAdmission admission;
    private final KnownJoins knownJoins;
    private final WaitingAgents waitingAgents;
    private final GatewayTimeouts timeouts;
    private final EnrollmentLimits limits;
    private final RefusalAudit refusalAudit;
    private final GatewayMetrics metrics;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService scheduler;
    private final RefusalLog refusalLog;
    private volatile boolean stopped;

    public Enrollments(
            JoinWorkflows workflows,
            Attestations attestations,
            AgentCertificates certificates,
            EnrollmentPolls polls,
            ParkedEnrollments parkedEnrollments,
            JoinAdmission admission,
            GatewayTimeouts timeouts,
            EnrollmentLimits limits,
            RefusalAudit refusalAudit,
            GatewayMetrics metrics,
            LongSupplier nanoTime,
            ScheduledExecutorService scheduler) {
        this.workflows = workflows;
        this.attestations = attestations;
        this.certificates = certificates;
        this.polls = polls;
        this.parkedEnrollments = parkedEnrollments;
        this.admission = admission;
        this.knownJoins = new KnownJoins(workflows, timeouts.enrollmentRetry(), nanoTime);
        this.waitingAgents = new WaitingAgents(nanoTime);
        this.timeouts = timeouts;
        this.limits = limits;
        this.refusalAudit = refusalAudit;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
        this.refusalLog = new RefusalLog(nanoTime);
        this.scheduler = scheduler;
    }

    /**
     * Enrolls an agent. Blocks while no join of the node runs, until it is the join's turn, and then for the join's first command, at most for the
     * configured waits. Idempotent: the same secret and key are bound once; each call issues another certificate. Only
     * the audit log has the reason of a refusal.
     *
     * @param address the client's address
     * @param instance the agent process; without it the response has a certificate only
     */
    public Reply enroll(EnrollmentRequest request, String address, @Nullable UUID instance)
            throws InterruptedException {
        NodeRef node = new NodeRef(request.cluster(), request.node());
        Optional<AgentPublicKey> key = AgentPublicKey.parse(request.publicKey());
        if (key.isEmpty()) {
            return counted("malformed", Reply.badRequest("publicKey is no P-256 key as base64 of its DER"));
        }
        String endorsementKey = null;
        if (request.attestation() != null) {
            switch (attestations.verify(request, request.attestation())) {
                case Attestations.Result.Proved proved -> endorsementKey = proved.endorsementKey();
                case Attestations.Result.Refused refused -> {
                    return refused(node, key.get(), address, new Problem(ErrorCode.ATTESTATION_REFUSED, refused.why()));
                }
            }
        }
        EnrollmentProof proof = new EnrollmentProof(
                Sha256.hex(request.secret()),
                key.get().base64(),
                request.preparation(),
                instance == null ? null : polls.connection(instance),
                endorsementKey);
        if (!limits.tryAttempt(node, proof, address)) {
            refusalAudit.throttled(node, address);
            return counted("throttled", Reply.tooManyRequests());
        }
        Optional<EnrollmentDecision> decision = awaitDecision(node, proof, address);
        if (decision.isPresent()) {
            waitingAgents.remove(node, address);
        }
        return switch (decision.orElse(null)) {
            case EnrollmentDecision.Bound bound -> enrolled(node, key.get(), bound, instance);
            case EnrollmentDecision.Refused refused -> {
                limits.refused(node, proof, address);
                yield refused(node, key.get(), address, refused.problem());
            }
            case null -> counted("pending", Reply.accepted(new EnrollmentResponse.Pending(RETRY_AFTER)));
        };
    }

    /** The client gets the same response whatever the reason. */
    private Reply refused(NodeRef node, AgentPublicKey key, String address, Problem reason) {
        refusalLog.warn("enrollment", node, reason.toLine());
        refusalAudit.enrollmentRefused(node, key, address, reason);
        return counted(
                reason.code() == ErrorCode.ATTESTATION_REFUSED ? "unattested" : "refused", Reply.enrollmentRefused());
    }

    /** Refuses a request of a client, to enroll or to rejoin, that sends too many. */
    public Reply throttled(String address) {
        refusalAudit.throttled(address);
        return counted("throttled", Reply.tooManyRequests());
    }

    /** Returns who waits here without a join, or for its join's turn. */
    public WaitingAgents waitingAgents() {
        return waitingAgents;
    }

    /** Wakes the enrollments that wait for a join of this node. */
    public void joinStarted(NodeRef node) {
        knownJoins.started(node);
        parkedEnrollments.joinStarted(node);
    }

    /** As {@link #joinStarted}, unless this run is known. */
    public void joinSeen(NodeRef node, String run) {
        if (!knownJoins.isKnown(node, run)) {
            joinStarted(node);
        }
    }

    /** Returns whether any agent waits here for a join. */
    public boolean isAnyWaiting() {
        return !parkedEnrollments.isEmpty();
    }

    public void stop() {
        stopped = true;
        parkedEnrollments.wakeAll();
    }

    private Reply enrolled(NodeRef node, AgentPublicKey key, EnrollmentDecision.Bound bound, @Nullable UUID instance)
            throws InterruptedException {
        AgentIdentity agent = new AgentIdentity(node, bound.joinId());
        Optional<EnrollmentResponse.Enrolled> issued =
                certificates.issue(agent, key.info(), AgentCertificates.Occasion.ENROLLMENT);
        if (issued.isEmpty()) {
            return counted("unavailable", Reply.serviceUnavailable());
        }
        EnrollmentResponse.Enrolled answer = issued.get();
        Assignment first = instance == null
                ? null
                : polls.awaitFirstCommand(agent, instance, bound.run()).orElse(null);
        return counted(
                "enrolled",
                Reply.ok(new EnrollmentResponse.Enrolled(answer.certificateChain(), answer.expiresAt(), first)));
    }

    private Reply counted(String result, Reply reply) {
        metrics.enrollment(result);
        return reply;
    }

    private Optional<EnrollmentDecision> awaitDecision(NodeRef node, EnrollmentProof proof, String address)
            throws InterruptedException {
        long arrival = nanoTime.getAsLong();
        long end = arrival + timeouts.enrollmentWait().toNanos();
        while (true) {
            ParkedEnrollments.Parked parked = parkedEnrollments.park(node, proof, arrival);
            try {
                Optional<EnrollmentDecision> decision = awaitJoin(node, proof, address, parked, end);
                if (decision.isPresent() || end - nanoTime.getAsLong() <= 0 || stopped) {
                    return decision;
                }
            } finally {
                parkedEnrollments.remove(node, parked);
            }
        }
    }

    /** Returns a decision, or nothing if time has passed or something is new. */
    private Optional<EnrollmentDecision> awaitJoin(
            NodeRef node, EnrollmentProof proof, String address, ParkedEnrollments.Parked parked, long end)
            throws InterruptedException {
        Optional<RunningJoin> running = knownJoins.find(node);
        long left = end - nanoTime.getAsLong();
        if (stopped) {
            return Optional.empty();
        }
        if (running.isEmpty()) {
            waitingAgents.seen(node, address, proof.preparation());
            return parked.await(Math.min(left, knownJoins.untilNextQuery(node).toNanos()), scheduler);
        }
        if (!proof.secretDigest().equals(running.get().secretDigest())) {
            if (!limits.tryGuess(node, address)) {
                return Optional.of(new EnrollmentDecision.Refused(Enrollment.REFUSED));
            }
            knownJoins.started(node); // what is known of it may be out of date
        }
        if (!running.get().awaitsAgent()) {
            return askWorkflow(node, proof);
        }
        try (Turn turn = admission.enter(
                AdmissionRequest.of(node, running.get().pool(), running.get().rejoin()), parked::wake)) {
            if (!turn.isAdmitted()) {
                waitingAgents.seen(node, address, proof.preparation());
                if (turn.takeReport()) {
                    reportWaiting(node, running.get().run());
                }
                Optional<EnrollmentDecision> decision = parked.await(left, scheduler);
                if (decision.isPresent() || !turn.isAdmitted()) {
                    return decision;
                }
            }
            Optional<EnrollmentDecision> decision = askWorkflow(node, proof);
            decision.filter(EnrollmentDecision.Bound.class::isInstance).ifPresent(_ -> turn.bound());
            return decision;
        }
    }

    /** A report that is lost is followed by the next one before the join gives its agent up. */
    private void reportWaiting(NodeRef node, String run) {
        try {
            boolean _ = workflows.waitsForTurn(node, run);
        } catch (RuntimeException e) {
            LOG.warn("the join of {} does not learn that its agent waits: {}", node, RootCause.message(e));
        }
    }

    private Optional<EnrollmentDecision> askWorkflow(NodeRef node, EnrollmentProof proof) {
        Optional<EnrollmentDecision> decision = Optional.empty();
        try {
            decision = workflows.enroll(node, proof);
        } catch (RuntimeException e) {
            // For the agent, an unavailable Temporal is a wait, like a join that has not started.
            LOG.atWarn()
                    .addKeyValue("cluster", node.cluster())
                    .addKeyValue("node", node.name())
                    .log("no decision on an enrollment: {}", RootCause.message(e));
        }
        if (decision.isEmpty()) {
            knownJoins.retryLater(node);
        }
        return decision;
    }
}
