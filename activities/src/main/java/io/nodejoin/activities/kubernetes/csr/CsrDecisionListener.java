package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import org.jspecify.annotations.Nullable;

/** Is told of each decision on a CSR once the API server has it. Must not block. */
public interface CsrDecisionListener {
    /** Tells nobody. */
    CsrDecisionListener NONE = new CsrDecisionListener() {
        @Override
        public void approved(ClusterName cluster, CertificateSigningRequest csr, JoinId join, String message) {
            // Nobody listens.
        }

        @Override
        public void denied(ClusterName cluster, CertificateSigningRequest csr, @Nullable JoinId join, Problem problem) {
            // Nobody listens.
        }
    };

    /**
     * Is called after an approval.
     *
     * @param message that of the condition
     */
    void approved(ClusterName cluster, CertificateSigningRequest csr, JoinId join, String message);

    /**
     * Is called after a denial.
     *
     * @param join null if the token's join is no longer known
     */
    void denied(ClusterName cluster, CertificateSigningRequest csr, @Nullable JoinId join, Problem problem);
}
