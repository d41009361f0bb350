package io.nodejoin.gateway.enrollment;

import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import java.util.Optional;

/** Hands an enrollment that waits at this replica over to its join, with the start of its workflow. */
public interface EnrollmentHandover {

    /**
     * Returns a proof that this join accepts as its first one; empty if none waits, or if the join has to wait for its turn
     * and starts without it. Of several, that of the key that came
     * first, and of its proofs the newest: an agent that has restarted may have prepared its host in the meantime.
     */
    Optional<EnrollmentProof> findProof(JoinRequest request);

    /**
     * Answers the enrollment: the start of the join has created this run with its proof. No effect if it does not wait any
     * more; its agent enrolls again then.
     */
    void bound(JoinRequest request, EnrollmentProof proof, String run);

    /** Returns one for joins whose agents enroll after the start. */
    static EnrollmentHandover none() {
        return new EnrollmentHandover() {
            @Override
            public Optional<EnrollmentProof> findProof(JoinRequest request) {
                return Optional.empty();
            }

            @Override
            public void bound(JoinRequest request, EnrollmentProof proof, String run) {
                throw new IllegalStateException("no proof was found for join " + request.joinId());
            }
        };
    }
}
