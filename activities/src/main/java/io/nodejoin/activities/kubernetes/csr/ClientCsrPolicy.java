package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules of approval, as a pure function. A request is approved if it asks for exactly the order's node and nothing
 * more; the first broken rule denies it.
 */
final class ClientCsrPolicy {
    static final String SIGNER = "kubernetes.io/kube-apiserver-client-kubelet";

    private ClientCsrPolicy() {}

    /** Judges an undecided request. */
    static CsrDecision evaluate(CertificateSigningRequest csr, CsrDecisionRequest request, ClusterState clusterState) {
        return evaluateRules(List.of(ClientCsrRule.values()), csr, request, clusterState);
    }

    /** Judges what a request asks for, whatever its circumstances: for one that someone has decided already. */
    static CsrDecision evaluateContents(CertificateSigningRequest csr, CsrDecisionRequest request) {
        return evaluateRules(ClientCsrRule.CONTENT_RULES, csr, request, new ClusterState(Optional.empty(), List.of()));
    }

    private static CsrDecision evaluateRules(
            List<ClientCsrRule> rules,
            CertificateSigningRequest csr,
            CsrDecisionRequest request,
            ClusterState clusterState) {
        if (!request.token().tokenId().user().equals(csr.getSpec().getUsername())) {
            return new CsrDecision.NotManaged();
        }
        ApprovalContext context = new ApprovalContext(
                csr, request, clusterState, ParsedCsr.parse(csr.getSpec().getRequest()));
        List<String> passed = new ArrayList<>();
        for (ClientCsrRule rule : rules) {
            Optional<Problem> violation = rule.violation(context);
            if (violation.isPresent()) {
                return new CsrDecision.Deny(rule.ruleName(), passed, violation.get());
            }
            passed.add(rule.ruleName());
        }
        return new CsrDecision.Approve(context.certificate().keyDigest(), passed);
    }
}
