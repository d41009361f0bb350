package io.nodejoin.activities.certificate;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.activities.ActivityLease;
import io.nodejoin.activities.AuditEntry;
import io.nodejoin.activities.AuditLog;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.certificate.ApprovalMode;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.CertificateOrder;
import io.nodejoin.workflows.token.TokenRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One token's requests, decided as they come into view. */
final class Approver {
    private static final String APPROVED_REASON = "NodejoinApproved";
    private static final String DENIED_REASON = "NodejoinDenied";
    private static final String SEPARATOR = ": ";

    private final RequestBoard board;
    private final AuditLog audit;
    private final ActivityLease lease;

    Approver(RequestBoard board, AuditLog audit, ActivityLease lease) {
        this.board = board;
        this.audit = audit;
        this.lease = lease;
    }

    /** Acts on what is seen of the token's requests; empty if there is more to wait for. */
    Optional<CertificateDecision> look(CertificateOrder order, List<CertificateSigningRequest> requests) {
        if (requests.stream().anyMatch(RequestStatus::isApproved)) {
            return denyOthers(order, requests);
        }
        Optional<CertificateSigningRequest> denied =
                requests.stream().filter(RequestStatus::isDenied).findFirst();
        if (denied.isPresent()) {
            return denied.map(Approver::earlierDenial);
        }
        return switch (order.approval()) {
            case CLUSTER -> Optional.empty();
            case NODEJOIN -> decide(order, requests);
        };
    }

    /** What became of the approved request, and whether it is the only one; empty if there is none, or it is not issued. */
    Optional<CertificateDecision> denyOthers(CertificateOrder order, List<CertificateSigningRequest> requests) {
        List<CertificateSigningRequest> approved =
                requests.stream().filter(RequestStatus::isApproved).toList();
        for (CertificateSigningRequest request : approved) {
            if (CertificateRules.examine(request, order) instanceof Verdict.Deny wrong) {
                return Optional.of(
                        new CertificateDecision.Denied(request.getMetadata().getName(), wrong.problem()));
            }
        }
        return approved.isEmpty() ? Optional.empty() : beside(approved.getFirst(), order, requests);
    }

    private Optional<CertificateDecision> beside(
            CertificateSigningRequest approved, CertificateOrder order, List<CertificateSigningRequest> requests) {
        Optional<String> key = RequestedCertificate.keyDigest(approved);
        for (CertificateSigningRequest other : allBut(approved, requests)) {
            boolean sameKey = key.equals(RequestedCertificate.keyDigest(other));
            Optional<CertificateDecision> rivalry = sameKey ? repeat(order, other) : rivalry(order, other);
            if (rivalry.isPresent()) {
                return rivalry;
            }
        }
        return IssuedCertificate.of(approved, key.orElseThrow());
    }

    /** Denies the request; false if someone else has decided or removed it. */
    boolean deny(TokenRef token, CertificateSigningRequest request, Problem problem, Map<String, String> results) {
        before(token, "certificate.deny", request, results);
        return board.decide(
                request, RequestStatus.DENIED, DENIED_REASON, problem.code() + SEPARATOR + problem.detail());
    }

    /** One certificate per token: the same key asks again in vain, but that harms nobody. */
    private Optional<CertificateDecision> repeat(CertificateOrder order, CertificateSigningRequest other) {
        if (RequestStatus.isUndecided(other) && order.approval() == ApprovalMode.NODEJOIN) {
            Problem problem =
                    new Problem(ErrorCode.CSR_KEY_MISMATCH, "another request of the same token and key is approved");
            deny(order.token(), other, problem, Map.of(Rule.ONE_KEY.text(), problem.detail()));
        }
        return Optional.empty();
    }

    /** A second key under the same token: nobody can tell which of the two is the host's, so the attempt ends. */
    private Optional<CertificateDecision> rivalry(CertificateOrder order, CertificateSigningRequest rival) {
        if (RequestStatus.isDenied(rival)) {
            return Optional.of(earlierDenial(rival));
        }
        boolean undecided = RequestStatus.isUndecided(rival);
        if (undecided && order.approval() == ApprovalMode.CLUSTER) {
            return Optional.empty();
        }
        Problem problem = new Problem(
                ErrorCode.CSR_KEY_MISMATCH, "another request of the same token is approved for another key");
        if (undecided) {
            deny(order.token(), rival, problem, Map.of(Rule.ONE_KEY.text(), problem.detail()));
        }
        return Optional.of(new CertificateDecision.Denied(rival.getMetadata().getName(), problem));
    }

    /** Of a flood, the first few are denied here; the rest is left to the join's undo, so that the token's end comes first. */
    private Optional<CertificateDecision> decide(CertificateOrder order, List<CertificateSigningRequest> requests) {
        if (requests.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> holder = board.holderOf(order.node());
        Optional<CertificateDecision> first = Optional.empty();
        for (CertificateSigningRequest request : requests.subList(0, Math.min(requests.size(), Rule.MAX_REQUESTS))) {
            switch (CertificateRules.judge(request, order, new Circumstances(holder, allBut(request, requests)))) {
                case Verdict.Approve right -> {
                    approve(order.token(), request, right);
                    return Optional.empty();
                }
                case Verdict.Deny wrong -> {
                    Map<String, String> results = results(wrong.held());
                    results.put(wrong.rule(), wrong.problem().detail());
                    if (deny(order.token(), request, wrong.problem(), results) && first.isEmpty()) {
                        first = Optional.of(new CertificateDecision.Denied(
                                request.getMetadata().getName(), wrong.problem()));
                    }
                }
                case Verdict.Foreign _ -> {}
            }
        }
        return first;
    }

    private static List<CertificateSigningRequest> allBut(
            CertificateSigningRequest one, List<CertificateSigningRequest> requests) {
        return requests.stream()
                .filter(other ->
                        !one.getMetadata().getUid().equals(other.getMetadata().getUid()))
                .toList();
    }

    private void approve(TokenRef token, CertificateSigningRequest request, Verdict.Approve right) {
        Map<String, String> results = results(right.held());
        results.put("key-digest", right.keyDigest());
        before(token, "certificate.approve", request, results);
        board.decide(
                request,
                RequestStatus.APPROVED,
                APPROVED_REASON,
                "Join " + token.joinId() + ": name, key, usages and token are exactly those of the join");
    }

    private void before(TokenRef token, String action, CertificateSigningRequest request, Map<String, String> results) {
        lease.beforeEffect(action);
        audit.record(new AuditEntry(
                token.cluster(),
                token.joinId().value(),
                action,
                "certificatesigningrequests/" + request.getMetadata().getName() + "#"
                        + request.getMetadata().getUid(),
                results));
    }

    private static Map<String, String> results(List<String> held) {
        Map<String, String> results = new TreeMap<>();
        held.forEach(rule -> results.put(rule, "held"));
        return results;
    }

    /** A denial of ours says its problem in its message; so an execution that follows a lost answer finds it again. */
    private static CertificateDecision earlierDenial(CertificateSigningRequest request) {
        String name = request.getMetadata().getName();
        return new CertificateDecision.Denied(
                name,
                RequestStatus.condition(request, RequestStatus.DENIED)
                        .filter(condition -> DENIED_REASON.equals(condition.getReason()))
                        .map(condition -> problemOf(condition.getMessage()))
                        .orElseGet(() ->
                                new Problem(ErrorCode.CSR_DENIED_EXTERNALLY, "another approver has denied " + name)));
    }

    private static Problem problemOf(String message) {
        int end = message.indexOf(SEPARATOR);
        return new Problem(ErrorCode.valueOf(message.substring(0, end)), message.substring(end + SEPARATOR.length()));
    }
}
