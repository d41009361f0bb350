package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Approves the first CSR of a kubelet that creates its key itself. A CSR with another key fails the attempt: either could be
 * the host's.
 */
final class FirstKeyController implements ClientCsrController {
    private final CsrDecisionRequest request;
    private final CsrClient csrClient;
    private final CsrDecisionWriter decisionWriter;

    FirstKeyController(CsrDecisionRequest request, CsrClient csrClient, CsrDecisionWriter decisionWriter) {
        this.request = request;
        this.csrClient = csrClient;
        this.decisionWriter = decisionWriter;
    }

    @Override
    public Optional<CertificateResult> reconcile(List<CertificateSigningRequest> requests) {
        if (requests.stream().anyMatch(CsrStatus::isApproved)) {
            return denyOthers(requests);
        }
        Optional<CertificateSigningRequest> denied =
                requests.stream().filter(CsrStatus::isDenied).findFirst();
        if (denied.isPresent()) {
            return denied.map(CsrDecisionWriter::existingDenial);
        }
        return switch (request.approval()) {
            case CLUSTER -> Optional.empty();
            case NODEJOIN -> decide(requests);
        };
    }

    @Override
    public Optional<CertificateResult> denyOthers(List<CertificateSigningRequest> requests) {
        List<CertificateSigningRequest> approved = ClientCsrController.approved(requests);
        return ClientCsrController.wronglyApproved(request, approved)
                .or(() -> approved.stream().findFirst().flatMap(first -> checkOtherRequests(first, requests)));
    }

    private Optional<CertificateResult> checkOtherRequests(
            CertificateSigningRequest approved, List<CertificateSigningRequest> requests) {
        Optional<String> key = ParsedCsr.keyDigest(approved);
        for (CertificateSigningRequest other : others(approved, requests)) {
            boolean sameKey = key.equals(ParsedCsr.keyDigest(other));
            Optional<CertificateResult> denial = sameKey ? denySameKey(other) : denyOtherKey(other);
            if (denial.isPresent()) {
                return denial;
            }
        }
        return IssuedCertificateReader.readResult(approved, key.orElseThrow());
    }

    /** Denies a second CSR with the same key: one certificate per token. It does not fail the attempt. */
    private Optional<CertificateResult> denySameKey(CertificateSigningRequest other) {
        if (CsrStatus.isPending(other) && request.approval() == ApprovalMode.NODEJOIN) {
            Problem problem =
                    new Problem(ErrorCode.CSR_KEY_MISMATCH, "another request of the same token and key is approved");
            if (!decisionWriter.deny(
                    request.token().joinId(),
                    other,
                    problem,
                    Map.of(ClientCsrRule.SINGLE_KEY.ruleName(), problem.detail()))) {
                throw CsrDecisionWriter.conflict(request.token().tokenId().user());
            }
        }
        return Optional.empty();
    }

    /** Denies a CSR with another key. The attempt fails, since either key could be the host's. */
    private Optional<CertificateResult> denyOtherKey(CertificateSigningRequest otherCsr) {
        if (CsrStatus.isDenied(otherCsr)) {
            return Optional.of(CsrDecisionWriter.existingDenial(otherCsr));
        }
        boolean undecided = CsrStatus.isPending(otherCsr);
        if (undecided && request.approval() == ApprovalMode.CLUSTER) {
            return Optional.empty();
        }
        Problem problem = new Problem(
                ErrorCode.CSR_KEY_MISMATCH, "another request of the same token is approved for another key");
        if (undecided) {
            decisionWriter.deny(
                    request.token().joinId(),
                    otherCsr,
                    problem,
                    Map.of(ClientCsrRule.SINGLE_KEY.ruleName(), problem.detail()));
        }
        return Optional.of(new CertificateResult.Denied(otherCsr.getMetadata().getName(), problem));
    }

    /** Denies at most MAX_REQUESTS CSRs here; compensation denies the rest after the token is revoked. */
    private Optional<CertificateResult> decide(List<CertificateSigningRequest> requests) {
        if (requests.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> nameHolder = csrClient.findNameHolder(request.node(), request.createdNodeUid());
        Optional<CertificateResult> first = Optional.empty();
        for (CertificateSigningRequest csr :
                requests.subList(0, Math.min(requests.size(), ClientCsrRule.MAX_REQUESTS))) {
            switch (ClientCsrPolicy.evaluate(
                    csr, request, new ClientCsrPolicy.ClusterState(nameHolder, others(csr, requests)))) {
                case CsrDecision.Approve approve -> {
                    decisionWriter.approve(
                            request.token().joinId(), csr, approve, ClientCsrController.approvalReason(request));
                    return Optional.empty();
                }
                case CsrDecision.Deny deny -> {
                    if (decisionWriter.deny(request.token().joinId(), csr, deny) && first.isEmpty()) {
                        first = Optional.of(
                                new CertificateResult.Denied(csr.getMetadata().getName(), deny.problem()));
                    }
                }
                case CsrDecision.NotManaged _ -> {}
            }
        }
        return first;
    }

    private static List<CertificateSigningRequest> others(
            CertificateSigningRequest one, List<CertificateSigningRequest> requests) {
        return requests.stream()
                .filter(other ->
                        !one.getMetadata().getUid().equals(other.getMetadata().getUid()))
                .toList();
    }
}
