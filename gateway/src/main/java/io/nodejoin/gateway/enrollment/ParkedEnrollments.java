package io.nodejoin.gateway.enrollment;

import io.nodejoin.gateway.admission.AdmissionRequest;
import io.nodejoin.gateway.admission.JoinAdmission;
import io.nodejoin.gateway.longpoll.HeldRequest;
import io.nodejoin.gateway.longpoll.HeldRequests;
import io.nodejoin.gateway.temporal.JoinWorkflows.EnrollmentDecision;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.node.NodeRef;
import java.util.List;
import java.util.Optional;

/** Enrollments that wait at this replica for a join of their node, or for that join's turn. */
public final class ParkedEnrollments implements EnrollmentHandover {
    private final JoinAdmission admission;
    private final HeldRequests<NodeRef, Parked> parked = new HeldRequests<>();

    /** @param admission decides whether a join may begin with its start */
    public ParkedEnrollments(JoinAdmission admission) {
        this.admission = admission;
    }

    /** One enrollment that waits; its answer is the decision of a join that has started with its proof. */
    static final class Parked extends HeldRequest<EnrollmentDecision> {
        private final EnrollmentProof proof;
        private final long arrivalNanos;

        private Parked(EnrollmentProof proof, long arrivalNanos) {
            this.proof = proof;
            this.arrivalNanos = arrivalNanos;
        }
    }

    /**
     * Parks an enrollment. Park before asking the join, and {@link #remove} afterwards.
     *
     * @param arrivalNanos when it arrived, by a monotonic clock; the same each time that it is parked
     */
    Parked park(NodeRef node, EnrollmentProof proof, long arrivalNanos) {
        Parked enrollment = new Parked(proof, arrivalNanos);
        parked.add(node, enrollment);
        return enrollment;
    }

    void remove(NodeRef node, Parked enrollment) {
        parked.remove(node, enrollment);
    }

    @Override
    public Optional<EnrollmentProof> findProof(JoinRequest request) {
        Enrollment enrollment = new Enrollment(request);
        List<EnrollmentProof> accepted = parked.of(request.node())
                .sorted((one, other) -> Long.signum(one.arrivalNanos - other.arrivalNanos))
                .map(waiting -> waiting.proof)
                .filter(proof -> enrollment.accepts(proof, true))
                .toList();
        return accepted.stream()
                .filter(proof -> proof.publicKey().equals(accepted.getFirst().publicKey()))
                .reduce((_, newer) -> newer)
                .filter(_ -> admission.tryAdmit(AdmissionRequest.of(request)));
    }

    @Override
    public void bound(JoinRequest request, EnrollmentProof proof, String run) {
        admission.bound(request.node());
        EnrollmentDecision decision = new EnrollmentDecision.Bound(request.joinId(), run);
        parked.of(request.node())
                .filter(waiting -> waiting.proof.equals(proof))
                .forEach(waiting -> waiting.answer(decision));
    }

    /** Wakes the enrollments of this node. */
    public void joinStarted(NodeRef node) {
        parked.wake(node);
    }

    /** Returns whether any enrollment waits. */
    boolean isEmpty() {
        return parked.isEmpty();
    }

    void wakeAll() {
        parked.wakeAll();
    }
}
