package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.AllowedServingSans;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The approval rules of serving CSRs. Pure. A CSR is approved if a node requests, in its own name, exactly the SANs
 * that its join declared; the first violated rule denies it.
 */
final class ServingCsrPolicy {
    static final String SIGNER = "kubernetes.io/kubelet-serving";

    private ServingCsrPolicy() {}

    /** Evaluates a pending CSR. */
    static CsrDecision evaluate(CertificateSigningRequest csr, RegisteredNode node) {
        return evaluateRules(EnumSet.allOf(ServingCsrRule.class), csr, node);
    }

    /** Evaluates only the contents of a CSR, for one that is already decided. */
    static CsrDecision evaluateContents(CertificateSigningRequest csr, RegisteredNode node) {
        return evaluateRules(EnumSet.complementOf(EnumSet.of(ServingCsrRule.NEWER_THAN_NODE)), csr, node);
    }

    /** Returns the SANs that a kubelet with this node name and these addresses requests. */
    static Set<String> allowedNames(AllowedServingSans sans) {
        return Stream.concat(
                        Stream.of(SubjectAltNames.dns(sans.nodeName().value())),
                        sans.addresses().stream().map(SubjectAltNames::ip))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static CsrDecision evaluateRules(
            Set<ServingCsrRule> rules, CertificateSigningRequest csr, RegisteredNode node) {
        boolean ours = SIGNER.equals(csr.getSpec().getSignerName())
                && node.sans().kubeletUser().equals(csr.getSpec().getUsername());
        if (!ours) {
            return new CsrDecision.NotManaged();
        }
        Optional<ParsedCsr> parsed = ParsedCsr.parse(csr.getSpec().getRequest());
        List<String> passed = new ArrayList<>();
        for (ServingCsrRule rule : rules) {
            Optional<Problem> violation = rule.violation(csr, parsed, node);
            if (violation.isPresent()) {
                return new CsrDecision.Deny(rule.ruleName(), passed, violation.get());
            }
            passed.add(rule.ruleName());
        }
        return new CsrDecision.Approve(parsed.orElseThrow().keyDigest(), passed);
    }

    /**
     * A node with allowed SANs whose Node exists.
     *
     * @param registeredAt creation time of the Node: its kubelet creates no serving CSR before
     */
    record RegisteredNode(AllowedServingSans sans, Instant registeredAt) {}
}
