package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.certificate.ServingInventory;
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
final class ServingRules {
    static final String SIGNER = "kubernetes.io/kubelet-serving";

    private ServingRules() {}

    /** Judges an undecided request. */
    static Verdict judge(CertificateSigningRequest request, ServingNode node) {
        return firstBroken(EnumSet.allOf(ServingRule.class), request, node);
    }

    /** Judges what a request asks for, whenever that was: for one that someone has decided already. */
    static Verdict examine(CertificateSigningRequest request, ServingNode node) {
        return firstBroken(EnumSet.complementOf(EnumSet.of(ServingRule.IN_TIME)), request, node);
    }

    /** The names that a kubelet asks for which was told the node name and the addresses of this inventory. */
    static Set<String> names(ServingInventory inventory) {
        return Stream.concat(
                        Stream.of(AlternativeNames.dns(inventory.name().value())),
                        inventory.addresses().stream().map(AlternativeNames::ip))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Verdict firstBroken(Set<ServingRule> rules, CertificateSigningRequest request, ServingNode node) {
        boolean ours = SIGNER.equals(request.getSpec().getSignerName())
                && node.inventory().user().equals(request.getSpec().getUsername());
        if (!ours) {
            return new Verdict.Foreign();
        }
        Optional<RequestedCertificate> parsed =
                RequestedCertificate.parse(request.getSpec().getRequest());
        List<String> held = new ArrayList<>();
        for (ServingRule rule : rules) {
            Optional<Problem> broken = rule.broken(request, parsed, node);
            if (broken.isPresent()) {
                return new Verdict.Deny(rule.text(), held, broken.get());
            }
            held.add(rule.text());
        }
        return new Verdict.Approve(parsed.orElseThrow().keyDigest(), held);
    }
}
