package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.certificate.ApprovalMode;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.CertificateOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One token's requests, decided as they come into view. */
final class Approver {
    private final RequestBoard board;
    private final DecisionDesk decisions;

    Approver(RequestBoard board, DecisionDesk decisions) {
        this.board = board;
        this.decisions = decisions;
    }

    /** Acts on what is seen of the token's requests; empty if there is more to wait for. */
    Optional<CertificateDecision> look(CertificateOrder order, List<CertificateSigningRequest> requests) {
        if (requests.stream().anyMatch(RequestStatus::isApproved)) {
            return denyOthers(order, requests);
        }
        Optional<CertificateSigningRequest> denied =
                requests.stream().filter(RequestStatus::isDenied).findFirst();
        if (denied.isPresent()) {
            return denied.map(DecisionDesk::earlierDenial);
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

    /** One certificate per token: the same key asks again in vain, but that harms nobody. */
    private Optional<CertificateDecision> repeat(CertificateOrder order, CertificateSigningRequest other) {
        if (RequestStatus.isUndecided(other) && order.approval() == ApprovalMode.NODEJOIN) {
            Problem problem =
                    new Problem(ErrorCode.CSR_KEY_MISMATCH, "another request of the same token and key is approved");
            if (!decisions.deny(
                    order.token().joinId(), other, problem, Map.of(Rule.ONE_KEY.text(), problem.detail()))) {
                throw DecisionDesk.contended(order.token().tokenId().user());
            }
        }
        return Optional.empty();
    }

    /** A second key under the same token: nobody can tell which of the two is the host's, so the attempt ends. */
    private Optional<CertificateDecision> rivalry(CertificateOrder order, CertificateSigningRequest rival) {
        if (RequestStatus.isDenied(rival)) {
            return Optional.of(DecisionDesk.earlierDenial(rival));
        }
        boolean undecided = RequestStatus.isUndecided(rival);
        if (undecided && order.approval() == ApprovalMode.CLUSTER) {
            return Optional.empty();
        }
        Problem problem = new Problem(
                ErrorCode.CSR_KEY_MISMATCH, "another request of the same token is approved for another key");
        if (undecided) {
            decisions.deny(order.token().joinId(), rival, problem, Map.of(Rule.ONE_KEY.text(), problem.detail()));
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
                    decisions.approve(
                            order.token().joinId(),
                            request,
                            right,
                            "name, key, usages and token are exactly those of the join");
                    return Optional.empty();
                }
                case Verdict.Deny wrong -> {
                    if (decisions.deny(order.token().joinId(), request, wrong) && first.isEmpty()) {
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
}
