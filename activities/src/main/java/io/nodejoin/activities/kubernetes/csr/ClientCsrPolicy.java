package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The approval rules of client CSRs. Pure. A CSR is approved if it requests exactly the join's node and nothing else;
 * the first violated rule denies it.
 */
final class ClientCsrPolicy {
    static final String SIGNER = "kubernetes.io/kube-apiserver-client-kubelet";

    private ClientCsrPolicy() {}

    /** Evaluates a pending CSR. */
    static CsrDecision evaluate(CertificateSigningRequest csr, CsrDecisionRequest request, ClusterState clusterState) {
        return evaluateRules(ClientCsrRule.rulesOf(request), csr, request, clusterState);
    }

    /** Evaluates only the contents of a CSR, for one that is already decided. */
    static CsrDecision evaluateContents(CertificateSigningRequest csr, CsrDecisionRequest request) {
        return evaluateRules(
                ClientCsrRule.contentRulesOf(request), csr, request, new ClusterState(Optional.empty(), List.of()));
    }

    private static CsrDecision evaluateRules(
            Set<ClientCsrRule> rules,
            CertificateSigningRequest csr,
            CsrDecisionRequest request,
            ClusterState clusterState) {
        if (!request.token().tokenId().user().equals(csr.getSpec().getUsername())) {
            return new CsrDecision.NotManaged();
        }
        Context context = new Context(
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

    /**
     * The cluster state that the decision of a CSR depends on.
     *
     * @param nameInUse the object that uses the node's name, if there is one
     * @param others the other CSRs made with the same token
     */
    record ClusterState(Optional<String> nameInUse, List<CertificateSigningRequest> others) {
        ClusterState {
            others = List.copyOf(others);
        }
    }

    /** A CSR, the request to decide it, and the cluster state that the decision depends on. */
    record Context(
            CertificateSigningRequest csr,
            CsrDecisionRequest request,
            ClusterState clusterState,
            Optional<ParsedCsr> parsed) {

        /** Returns the parsed CSR. Only rules after one-pem-block may call it. */
        ParsedCsr certificate() {
            return parsed.orElseThrow();
        }
    }
}
