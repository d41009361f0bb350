package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes the audit entry, then the CSR condition. The condition's reason and message can be parsed back. */
final class CsrDecisionWriter {
    private static final String APPROVED_REASON = "NodejoinApproved";
    private static final String DENIED_REASON = "NodejoinDenied";
    private static final String SEPARATOR = ": ";

    private final ClusterName cluster;
    private final CsrClient csrClient;
    private final AuditLog audit;
    private final EffectGuard guard;
    private final CsrDecisionListener listener;

    /** @param guard checked before each decision */
    CsrDecisionWriter(
            ClusterName cluster, CsrClient csrClient, AuditLog audit, EffectGuard guard, CsrDecisionListener listener) {
        this.cluster = cluster;
        this.csrClient = csrClient;
        this.audit = audit;
        this.guard = guard;
        this.listener = listener;
    }

    /** Approves the CSR. Returns false if another writer has decided or deleted it. */
    boolean approve(JoinId join, CertificateSigningRequest csr, CsrDecision.Approve decision, String reason) {
        Map<String, String> results = passedResults(decision.passed());
        results.put("key-digest", decision.keyDigest());
        if (csr.getSpec().getExpirationSeconds() != null) {
            results.put(
                    "expiration-seconds", csr.getSpec().getExpirationSeconds().toString());
        }
        recordEffect(join.value(), "csr.approve", csr, results);
        String message = messagePrefix(join) + reason;
        boolean written = csrClient.updateApproval(csr, CsrStatus.APPROVED, APPROVED_REASON, message);
        if (written) {
            listener.approved(cluster, csr, join, message);
        }
        return written;
    }

    /** Returns whether Nodejoin has approved the CSR for this join. */
    static boolean isApprovedFor(CertificateSigningRequest csr, JoinId join) {
        return CsrStatus.condition(csr, CsrStatus.APPROVED)
                .filter(condition -> APPROVED_REASON.equals(condition.getReason()))
                .filter(condition -> condition.getMessage().startsWith(messagePrefix(join)))
                .isPresent();
    }

    private static String messagePrefix(JoinId join) {
        return "Join " + join + SEPARATOR;
    }

    /** Denies the CSR. Returns false if another writer has decided or deleted it. */
    boolean deny(JoinId join, CertificateSigningRequest csr, CsrDecision.Deny decision) {
        Map<String, String> results = passedResults(decision.passed());
        results.put(decision.rule(), decision.problem().detail());
        return deny(join, csr, decision.problem(), results);
    }

    /** Denies the CSR for these reasons. Returns false if another writer has decided or deleted it. */
    boolean deny(JoinId join, CertificateSigningRequest csr, Problem problem, Map<String, String> results) {
        recordEffect(join.value(), "csr.deny", csr, results);
        return writeDenial(join, csr, problem);
    }

    /** As the other method, of a request whose join is no longer known: the audit entry names its token. */
    boolean denyOrphaned(TokenId token, CertificateSigningRequest csr, Problem problem) {
        recordEffect(token.value(), "csr.deny", csr, Map.of());
        return writeDenial(null, csr, problem);
    }

    private boolean writeDenial(@Nullable JoinId join, CertificateSigningRequest csr, Problem problem) {
        boolean written = csrClient.updateApproval(
                csr, CsrStatus.DENIED, DENIED_REASON, problem.code() + SEPARATOR + problem.detail());
        if (written) {
            listener.denied(cluster, csr, join, problem);
        }
        return written;
    }

    /** Creates the retryable failure of a required denial that other writers prevented. */
    static ApplicationFailure conflict(String user) {
        return Failures.of(
                FailureType.CONFLICT,
                new Problem(
                        ErrorCode.OBJECT_CONFLICT, "others change the requests of " + user + " while they are denied"));
    }

    /** Parses the problem from the message of Nodejoin's own denial, so that a retry after a lost response finds it. */
    static CertificateResult existingDenial(CertificateSigningRequest csr) {
        String name = csr.getMetadata().getName();
        return new CertificateResult.Denied(
                name,
                CsrStatus.condition(csr, CsrStatus.DENIED)
                        .filter(condition -> DENIED_REASON.equals(condition.getReason()))
                        .map(condition -> problemOf(condition.getMessage()))
                        .orElseGet(() ->
                                new Problem(ErrorCode.CSR_DENIED_EXTERNALLY, "another approver has denied " + name)));
    }

    private void recordEffect(
            String subject, String action, CertificateSigningRequest csr, Map<String, String> results) {
        guard.recordEffect(
                new AuditEntry(
                        cluster,
                        subject,
                        action,
                        "certificatesigningrequests/" + csr.getMetadata().getName() + "#"
                                + csr.getMetadata().getUid(),
                        results),
                audit);
    }

    private static Map<String, String> passedResults(List<String> rules) {
        Map<String, String> results = new TreeMap<>();
        rules.forEach(rule -> results.put(rule, "passed"));
        return results;
    }

    private static Problem problemOf(String message) {
        int end = message.indexOf(SEPARATOR);
        return new Problem(ErrorCode.valueOf(message.substring(0, end)), message.substring(end + SEPARATOR.length()));
    }
}
