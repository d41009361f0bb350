package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells operators about denied CSRs of a token whose key is not the host's: somebody else has the token. */
final class ForeignKeyReporter {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignKeyReporter.class);
    /** A thief must not fill the log. The audit log has all denials. */
    private static final int MAX_LOGGED_KEYS = 10;

    private final CsrDecisionRequest request;
    private final Consumer<ClusterName> counter;
    private final Set<String> loggedKeys = new HashSet<>();

    /** @param counter receives the cluster for each denied CSR */
    ForeignKeyReporter(CsrDecisionRequest request, Consumer<ClusterName> counter) {
        this.request = request;
        this.counter = counter;
    }

    /** Counts the denied CSR, and logs its key if it is new. */
    void report(CertificateSigningRequest denied) {
        counter.accept(request.token().cluster());
        String key = ParsedCsr.keyDigest(denied).orElse("unreadable");
        if (loggedKeys.size() < MAX_LOGGED_KEYS && loggedKeys.add(key)) {
            LOG.warn(
                    "the token of join {} for node {} in cluster {} is used by somebody else: {} is denied, SHA-256 of its key: {}",
                    request.token().joinId(),
                    request.node(),
                    request.token().cluster(),
                    denied.getMetadata().getName(),
                    key);
        }
    }
}
