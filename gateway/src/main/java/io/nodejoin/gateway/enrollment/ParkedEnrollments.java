package io.nodejoin.gateway.enrollment;

import io.nodejoin.gateway.admission.AdmissionRequest;
import io.nodejoin.gateway.admission.JoinAdmission;
import io.nodejoin.gateway.temporal.JoinWorkflows.EnrollmentDecision;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.node.NodeRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** Enrollments that wait at this replica for a join of their node, or for that join's turn. */
public final class ParkedEnrollments implements EnrollmentHandover {
    private final JoinAdmission admission;
    private final Map<NodeRef, List<Parked>> parked = new ConcurrentHashMap<>();

    /** @param admission decides whether a join may begin with its start */
    public ParkedEnrollments(JoinAdmission admission) {
        this.admission = admission;
    }

    /** One enrollment that waits. */
    static final class Parked {
        private final EnrollmentProof proof;
        private final long arrivalNanos;
        private final CompletableFuture<Optional<EnrollmentDecision>> end = new CompletableFuture<>();

        private Parked(EnrollmentProof proof, long arrivalNanos) {
            this.proof = proof;
            this.arrivalNanos = arrivalNanos;
        }

        /** Waits; returns the decision of a join that has started with this proof, or empty if a join is to be asked. */
        Optional<EnrollmentDecision> await() throws InterruptedException {
            try {
                return end.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a wait is never completed with a failure", e);
            }
        }

        /** Ends the wait without a decision. */
        void wake() {
            end.complete(Optional.empty());
        }
    }

    /**
     * Parks an enrollment. Park before asking the join, and {@link #remove} afterwards.
     *
     * @param arrivalNanos when it arrived, by a monotonic clock; the same each time that it is parked
     */
    Parked park(NodeRef node, EnrollmentProof proof, long arrivalNanos) {
        Parked enrollment = new Parked(proof, arrivalNanos);
        parked.merge(
                node,
                List.of(enrollment),
                (before, added) ->
                        Stream.concat(before.stream(), added.stream()).toList());
        return enrollment;
    }

    void remove(NodeRef node, Parked enrollment) {
        parked.computeIfPresent(node, (_, before) -> {
            List<Parked> left =
                    before.stream().filter(other -> other != enrollment).toList();
            return left.isEmpty() ? null : left;
        });
    }

    @Override
    public Optional<EnrollmentProof> findProof(JoinRequest request) {
        Enrollment enrollment = new Enrollment(request);
        List<EnrollmentProof> accepted = parked(request.node())
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
        parked(request.node())
                .filter(waiting -> waiting.proof.equals(proof))
                .forEach(waiting -> waiting.end.complete(Optional.of(decision)));
    }

    /** Wakes the enrollments of this node. */
    public void joinStarted(NodeRef node) {
        parked(node).forEach(Parked::wake);
    }

    /** Returns whether any enrollment waits. */
    boolean isEmpty() {
        return parked.isEmpty();
    }

    void wakeAll() {
        parked.keySet().forEach(this::joinStarted);
    }

    private Stream<Parked> parked(NodeRef node) {
        return parked.getOrDefault(node, List.of()).stream();
    }
}
