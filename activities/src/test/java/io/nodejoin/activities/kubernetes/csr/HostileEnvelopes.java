package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestSpecFluent;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Requests that hold an honest key and subject, with other groups, signers, lives or usages. */
final class HostileEnvelopes {
    private HostileEnvelopes() {}

    static Stream<HostileCase> all() {
        return Stream.of(
                spec("a group more", "groups", spec -> spec.addToGroups("system:masters")),
                spec("a group less", "groups", spec -> spec.removeFromGroups("system:bootstrappers:nodejoin")),
                spec(
                        "the kubeadm group instead of ours",
                        "groups",
                        spec -> spec.withGroups(
                                "system:bootstrappers",
                                "system:bootstrappers:kubeadm:default-node-token",
                                "system:authenticated")),
                spec("a group twice", "groups", spec -> spec.addToGroups("system:authenticated")),
                spec(
                        "a group twice instead of ours",
                        "groups",
                        spec -> spec.withGroups(
                                "system:bootstrappers", "system:authenticated", "system:authenticated")),
                spec("no group", "groups", spec -> spec.withGroups()),
                spec("the serving signer", "signer", spec -> spec.withSignerName("kubernetes.io/kubelet-serving")),
                spec(
                        "the general client signer",
                        "signer",
                        spec -> spec.withSignerName("kubernetes.io/kube-apiserver-client")),
                spec("an unknown signer", "signer", spec -> spec.withSignerName("example.com/any")),
                spec(
                        "the signer in another case",
                        "signer",
                        spec -> spec.withSignerName("kubernetes.io/Kube-APIserver-client-kubelet")),
                spec("a life of a second", "expiration", spec -> spec.withExpirationSeconds(1)),
                spec("a negative life", "expiration", spec -> spec.withExpirationSeconds(-600)),
                spec("a life of ten years", "expiration", spec -> spec.withExpirationSeconds(315_360_000)),
                spec("a life of 599 seconds", "expiration", spec -> spec.withExpirationSeconds(599)),
                spec("no life at all", "expiration", spec -> spec.withExpirationSeconds(0)),
                spec("a life of a year and a second", "expiration", spec -> spec.withExpirationSeconds(31_536_001)),
                spec("the longest life", "expiration", spec -> spec.withExpirationSeconds(Integer.MAX_VALUE)),
                spec("the legacy signer", "signer", spec -> spec.withSignerName("kubernetes.io/legacy-unknown")),
                spec("no signer", "signer", spec -> spec.withSignerName("")),
                spec("the group of nodes as well", "groups", spec -> spec.addToGroups("system:nodes")),
                spec(
                        "a group that begins like ours",
                        "groups",
                        spec -> spec.withGroups(
                                "system:bootstrappers", "system:bootstrappers:nodejoin-2", "system:authenticated")),
                spec("server auth as well", "usages", spec -> spec.addToUsages("server auth")),
                spec("key encipherment without RSA", "usages", spec -> spec.addToUsages("key encipherment")),
                spec("certificate signing", "usages", spec -> spec.addToUsages("cert sign")),
                spec("any", "usages", spec -> spec.withUsages("any")),
                spec("no client auth", "usages", spec -> spec.withUsages("digital signature")),
                spec("no digital signature", "usages", spec -> spec.withUsages("client auth")),
                spec("no usage", "usages", spec -> spec.withUsages()),
                spec("a usage twice", "usages", spec -> spec.addToUsages("client auth")),
                spec("data encipherment", "usages", spec -> spec.addToUsages("data encipherment")),
                spec("code signing", "usages", spec -> spec.addToUsages("code signing")),
                spec("key agreement", "usages", spec -> spec.addToUsages("key agreement")),
                spec("OCSP signing", "usages", spec -> spec.addToUsages("ocsp signing")),
                spec("a usage in another case", "usages", spec -> spec.withUsages("digital signature", "Client Auth")),
                spec("server auth instead", "usages", spec -> spec.withUsages("digital signature", "server auth")),
                spec("signing for digital signature", "usages", spec -> spec.withUsages("signing", "client auth")));
    }

    private static HostileCase spec(String name, String rule, Consumer<CertificateSigningRequestSpecFluent<?>> change) {
        CertificateSigningRequestBuilder request = new CertificateSigningRequestBuilder(TestCsrs.honest());
        var spec = request.editSpec();
        change.accept(spec);
        spec.endSpec();
        return HostileCase.violating(rule, name, request.build());
    }
}
