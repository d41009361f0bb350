package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.activities.ActingRight;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Puts each decision on record, then makes it. What it writes into a request it can read again. */
final class DecisionDesk {
    private static final String APPROVED_REASON = "NodejoinApproved";
    private static final String DENIED_REASON = "NodejoinDenied";
    private static final String SEPARATOR = ": ";

    private final ClusterName cluster;
    private final RequestBoard board;
    private final AuditLog audit;
    private final ActingRight right;

    /** @param right on whose behalf it decides */
    DecisionDesk(ClusterName cluster, RequestBoard board, AuditLog audit, ActingRight right) {
        this.cluster = cluster;
        this.board = board;
        this.audit = audit;
        this.right = right;
    }

    /** Approves the request; false if someone else has decided or removed it. */
    boolean approve(JoinId join, CertificateSigningRequest request, Verdict.Approve verdict, String grounds) {
        Map<String, String> results = held(verdict.held());
        results.put("key-digest", verdict.keyDigest());
        record(join, "certificate.approve", request, results);
        return board.decide(request, RequestStatus.APPROVED, APPROVED_REASON, beginning(join) + grounds);
    }

    /** Whether Nodejoin has approved the request for this join. */
    static boolean isApprovedFor(CertificateSigningRequest request, JoinId join) {
        return RequestStatus.condition(request, RequestStatus.APPROVED)
                .filter(condition -> APPROVED_REASON.equals(condition.getReason()))
                .filter(condition -> condition.getMessage().startsWith(beginning(join)))
                .isPresent();
    }

    private static String beginning(JoinId join) {
        return "Join " + join + SEPARATOR;
    }

    /** Denies the request by the verdict; false if someone else has decided or removed it. */
    boolean deny(JoinId join, CertificateSigningRequest request, Verdict.Deny verdict) {
        Map<String, String> results = held(verdict.held());
        results.put(verdict.rule(), verdict.problem().detail());
        return deny(join, request, verdict.problem(), results);
    }

    /** Denies the request for these reasons; false if someone else has decided or removed it. */
    boolean deny(JoinId join, CertificateSigningRequest request, Problem problem, Map<String, String> results) {
        record(join, "certificate.deny", request, results);
        return board.decide(
                request, RequestStatus.DENIED, DENIED_REASON, problem.code() + SEPARATOR + problem.detail());
    }

    /** What is thrown where a denial that must not be missing was lost to others: it is to be tried again. */
    static ApplicationFailure contended(String user) {
        return Failures.of(
                FailureType.CONFLICT,
                new Problem(ErrorCode.CSR_TIMEOUT, "others change the requests of " + user + " while they are denied"));
    }

    /** A denial of ours says its problem in its message; so an execution that follows a lost answer finds it again. */
    static CertificateDecision earlierDenial(CertificateSigningRequest request) {
        String name = request.getMetadata().getName();
        return new CertificateDecision.Denied(
                name,
                RequestStatus.condition(request, RequestStatus.DENIED)
                        .filter(condition -> DENIED_REASON.equals(condition.getReason()))
                        .map(condition -> problemOf(condition.getMessage()))
                        .orElseGet(() ->
                                new Problem(ErrorCode.CSR_DENIED_EXTERNALLY, "another approver has denied " + name)));
    }

    private void record(JoinId join, String action, CertificateSigningRequest request, Map<String, String> results) {
        right.beforeEffect(
                new AuditEntry(
                        cluster,
                        join.value(),
                        action,
                        "certificatesigningrequests/" + request.getMetadata().getName() + "#"
                                + request.getMetadata().getUid(),
                        results),
                audit);
    }

    private static Map<String, String> held(List<String> rules) {
        Map<String, String> results = new TreeMap<>();
        rules.forEach(rule -> results.put(rule, "held"));
        return results;
    }

    private static Problem problemOf(String message) {
        int end = message.indexOf(SEPARATOR);
        return new Problem(ErrorCode.valueOf(message.substring(0, end)), message.substring(end + SEPARATOR.length()));
    }
}
