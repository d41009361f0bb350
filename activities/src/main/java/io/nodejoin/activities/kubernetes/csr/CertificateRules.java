package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.certificate.CertificateOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules of approval, as a pure function. A request is approved if it asks for exactly the order's node and nothing
 * more; the first broken rule denies it.
 */
final class CertificateRules {
    static final String SIGNER = "kubernetes.io/kube-apiserver-client-kubelet";

    private CertificateRules() {}

    /** Judges an undecided request. */
    static Verdict judge(CertificateSigningRequest request, CertificateOrder order, Circumstances circumstances) {
        return firstBroken(List.of(Rule.values()), request, order, circumstances);
    }

    /** Judges what a request asks for, whatever its circumstances: for one that someone has decided already. */
    static Verdict examine(CertificateSigningRequest request, CertificateOrder order) {
        return firstBroken(Rule.OF_THE_REQUEST, request, order, new Circumstances(Optional.empty(), List.of()));
    }

    private static Verdict firstBroken(
            List<Rule> rules, CertificateSigningRequest request, CertificateOrder order, Circumstances circumstances) {
        if (!order.token().tokenId().user().equals(request.getSpec().getUsername())) {
            return new Verdict.Foreign();
        }
        Evidence evidence = new Evidence(
                request,
                order,
                circumstances,
                RequestedCertificate.parse(request.getSpec().getRequest()));
        List<String> held = new ArrayList<>();
        for (Rule rule : rules) {
            Optional<Problem> broken = rule.broken(evidence);
            if (broken.isPresent()) {
                return new Verdict.Deny(rule.text(), held, broken.get());
            }
            held.add(rule.text());
        }
        return new Verdict.Approve(evidence.certificate().keyDigest(), held);
    }
}
