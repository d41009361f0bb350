package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.AllowedServingSans;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules of approval for serving certificates, as a pure function. A request is approved if a node asks, in its own name,
 * for exactly the names that its join declared; the first broken rule denies it.
 */
final class ServingCsrPolicy {
    static final String SIGNER = "kubernetes.io/kubelet-serving";

    private ServingCsrPolicy() {}

    /** Judges an undecided request. */
    static CsrDecision evaluate(CertificateSigningRequest csr, ServingNode node) {
        return evaluateRules(EnumSet.allOf(ServingCsrRule.class), csr, node);
    }

    /** Judges what a request asks for, whenever that was: for one that someone has decided already. */
    static CsrDecision evaluateContents(CertificateSigningRequest csr, ServingNode node) {
        return evaluateRules(EnumSet.complementOf(EnumSet.of(ServingCsrRule.NEWER_THAN_NODE)), csr, node);
    }

    /** The names that a kubelet asks for which was told the node name and the addresses of this inventory. */
    static Set<String> allowedNames(AllowedServingSans sans) {
        return Stream.concat(
                        Stream.of(SubjectAltNames.dns(sans.nodeName().value())),
                        sans.addresses().stream().map(SubjectAltNames::ip))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static CsrDecision evaluateRules(
            Set<ServingCsrRule> rules, CertificateSigningRequest csr, ServingNode node) {
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
}
