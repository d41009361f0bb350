package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Approves one CSR for the key that the join knows, whoever asked first, and denies all others of the token. Another key
 * does not fail the attempt: it is not the host's.
 */
final class KnownKeyController implements ClientCsrController {
    /** Limits how long a flood delays the host's result. The next pass continues. */
    static final int MAX_DENIALS_PER_PASS = 20;

    private static final String ONE_APPROVAL = "one-approval";

    private final CsrDecisionRequest request;
    private final String keyDigest;
    private final CsrClient csrClient;
    private final CsrDecisionWriter decisionWriter;
    private final ForeignKeyReporter foreignKeys;
    /** UIDs of the CSRs that are decided here: a watch may show them as pending for a while. */
    private final Set<String> decided = new HashSet<>();

    KnownKeyController(
            CsrDecisionRequest request,
            String keyDigest,
            CsrClient csrClient,
            CsrDecisionWriter decisionWriter,
            ForeignKeyReporter foreignKeys) {
        this.request = request;
        this.keyDigest = keyDigest;
        this.csrClient = csrClient;
        this.decisionWriter = decisionWriter;
        this.foreignKeys = foreignKeys;
    }

    @Override
    public Optional<CertificateResult> reconcile(List<CertificateSigningRequest> requests) {
        List<CertificateSigningRequest> approved = ClientCsrController.approved(requests);
        if (approved.isEmpty()) {
            return decide(requests);
        }
        Optional<CertificateResult> wrong = ClientCsrController.wronglyApproved(request, approved);
        if (wrong.isEmpty()) {
            boolean _ = denyPending(requests, MAX_DENIALS_PER_PASS);
        }
        return wrong.or(() -> IssuedCertificateReader.readResult(approved.getFirst(), keyDigest));
    }

    @Override
    public Optional<CertificateResult> denyOthers(List<CertificateSigningRequest> requests) {
        List<CertificateSigningRequest> approved = ClientCsrController.approved(requests);
        if (approved.isEmpty()) {
            return Optional.empty();
        }
        Optional<CertificateResult> wrong = ClientCsrController.wronglyApproved(request, approved);
        if (wrong.isEmpty() && !denyPending(requests, Integer.MAX_VALUE)) {
            throw CsrDecisionWriter.conflict(request.token().tokenId().user());
        }
        return wrong.or(() -> IssuedCertificateReader.readResult(approved.getFirst(), keyDigest));
    }

    private Optional<CertificateResult> decide(List<CertificateSigningRequest> requests) {
        Map<Boolean, List<CertificateSigningRequest>> byOwner =
                requests.stream().collect(Collectors.partitioningBy(this::isFromKeyHolder));
        List<CertificateSigningRequest> own = byOwner.getOrDefault(true, List.of());
        Optional<CertificateSigningRequest> denied =
                own.stream().filter(CsrStatus::isDenied).findFirst();
        if (denied.isPresent()) {
            return denied.map(CsrDecisionWriter::existingDenial);
        }
        Optional<CertificateResult> result = decideOwn(own);
        boolean _ = denyPending(byOwner.getOrDefault(false, List.of()), MAX_DENIALS_PER_PASS);
        return result;
    }

    /** Approves the first valid CSR. A copy with other usages or another lifetime must not prevent that. */
    private Optional<CertificateResult> decideOwn(List<CertificateSigningRequest> own) {
        if (own.isEmpty() || isLeftToOthers() || own.stream().anyMatch(this::isDecided)) {
            return Optional.empty();
        }
        var state = new ClientCsrPolicy.ClusterState(
                csrClient.findNameHolder(request.node(), request.createdNodeUid()), List.of());
        for (CertificateSigningRequest csr : own) {
            if (ClientCsrPolicy.evaluate(csr, request, state) instanceof CsrDecision.Approve approve) {
                markDecided(
                        csr,
                        decisionWriter.approve(
                                request.token().joinId(), csr, approve, ClientCsrController.approvalReason(request)));
                return Optional.empty();
            }
        }
        CertificateSigningRequest oldest = own.getFirst();
        return ClientCsrPolicy.evaluate(oldest, request, state) instanceof CsrDecision.Deny deny && deny(oldest, deny)
                ? Optional.of(new CertificateResult.Denied(oldest.getMetadata().getName(), deny.problem()))
                : Optional.empty();
    }

    /** Denies pending CSRs, the oldest first. Returns false if other writers prevented one of the denials. */
    private boolean denyPending(List<CertificateSigningRequest> requests, int max) {
        List<CertificateSigningRequest> pending = isLeftToOthers()
                ? List.of()
                : requests.stream()
                        .filter(csr -> CsrStatus.isPending(csr) && !isDecided(csr))
                        .limit(max)
                        .toList();
        boolean complete = true;
        for (CertificateSigningRequest csr : pending) {
            boolean denied = deny(csr, denialOf(csr));
            if (denied && !isFromKeyHolder(csr)) {
                foreignKeys.report(csr);
            }
            complete &= denied;
        }
        return complete;
    }

    private boolean deny(CertificateSigningRequest csr, CsrDecision.Deny deny) {
        return markDecided(csr, decisionWriter.deny(request.token().joinId(), csr, deny));
    }

    private CsrDecision.Deny denialOf(CertificateSigningRequest csr) {
        return switch (ClientCsrPolicy.evaluateContents(csr, request)) {
            case CsrDecision.Deny deny -> deny;
            case CsrDecision.Approve approve ->
                new CsrDecision.Deny(
                        ONE_APPROVAL,
                        approve.passed(),
                        new Problem(
                                ErrorCode.CSR_KEY_MISMATCH, "another request of the same token and key is approved"));
            case CsrDecision.NotManaged _ ->
                throw new IllegalArgumentException(csr.getMetadata().getName() + " is of another user");
        };
    }

    /** Only the holder can sign: anybody can copy a public key. */
    private boolean isFromKeyHolder(CertificateSigningRequest csr) {
        return ParsedCsr.parse(csr.getSpec().getRequest())
                .filter(parsed -> keyDigest.equals(parsed.keyDigest()) && parsed.hasValidSignature())
                .isPresent();
    }

    private boolean isLeftToOthers() {
        return request.approval() == ApprovalMode.CLUSTER;
    }

    private boolean isDecided(CertificateSigningRequest csr) {
        return decided.contains(csr.getMetadata().getUid());
    }

    private boolean markDecided(CertificateSigningRequest csr, boolean written) {
        if (written) {
            decided.add(csr.getMetadata().getUid());
        }
        return written;
    }
}
