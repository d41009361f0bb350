package io.nodejoin.activities.certificate;

import static io.nodejoin.activities.certificate.Pkcs10Forge.bmp;
import static io.nodejoin.activities.certificate.Pkcs10Forge.pem;
import static io.nodejoin.activities.certificate.Pkcs10Forge.printable;
import static io.nodejoin.activities.certificate.Pkcs10Forge.signed;
import static io.nodejoin.activities.certificate.Pkcs10Forge.subject;
import static io.nodejoin.activities.certificate.Pkcs10Forge.utf8;
import static io.nodejoin.activities.certificate.Requests.GROUP;
import static io.nodejoin.activities.certificate.Requests.KEY;
import static io.nodejoin.activities.certificate.Requests.NAME;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestSpecFluent;
import io.nodejoin.protocol.ErrorCode;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** Requests of our own token that must be denied, each by the rule that it breaks. */
final class HostileRequests {
    private static final String SHA256 = "SHA256withECDSA";

    /** One attempt at more than the join's node. */
    record Case(String name, CertificateSigningRequest request, ErrorCode code, String rule) {
        @Override
        public String toString() {
            return name;
        }
    }

    private HostileRequests() {}

    static Stream<Case> all() {
        return Stream.of(envelopes(), texts(), keys(), subjects(), otherNames(), attributes(), usages())
                .flatMap(cases -> cases);
    }

    private static Stream<Case> envelopes() {
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
                spec("no base64", "one-pem-block", spec -> spec.withRequest("%%%")));
    }

    private static Stream<Case> texts() {
        String honest = pem(Requests.honestPkcs10());
        byte[] der = Pkcs10Forge.der(Requests.honestPkcs10());
        return Stream.of(
                text("nothing", ""),
                text("no PEM", "hello"),
                text("a second block", honest + honest),
                text("a certificate behind it", honest + pem("CERTIFICATE", der)),
                text("another block type", pem("NEW CERTIFICATE REQUEST", der)),
                text("text before the block", "x\n" + honest),
                text("text behind the block", honest + "x"),
                text("an empty line behind the block", honest + "\n"),
                text("a PEM header", honest.replaceFirst("-----\n", "-----\nProc-Type: 4,ENCRYPTED\n\n")),
                text("carriage returns", honest.replace("\n", "\r\n")),
                text("a NUL byte", honest + "\0"),
                text("a byte order mark", "\uFEFF" + honest),
                text("trailing DER bytes", pem("CERTIFICATE REQUEST", Arrays.copyOf(der, der.length + 1))),
                text("cut DER", pem("CERTIFICATE REQUEST", Arrays.copyOf(der, der.length - 1))),
                text("no DER", pem("CERTIFICATE REQUEST", new byte[] {1, 2, 3})),
                text("an empty block", pem("CERTIFICATE REQUEST", new byte[0])));
    }

    private static Stream<Case> keys() {
        X500Name subject = subject(GROUP, NAME);
        KeyPair stranger = Pkcs10Forge.ec("secp256r1");
        KeyPair mixed = new KeyPair(KEY.getPublic(), stranger.getPrivate());
        KeyPair rsa = Pkcs10Forge.other("RSA", 2048);
        byte[] altered = Pkcs10Forge.der(Requests.honestPkcs10());
        altered[altered.length - 1] ^= 1;
        return Stream.of(
                violating("RSA of 1024 bits", "key", signed(subject, Pkcs10Forge.other("RSA", 1024), "SHA256withRSA")),
                violating("P-521", "key", signed(subject, Pkcs10Forge.ec("secp521r1"), "SHA512withECDSA")),
                violating("Ed448", "key", signed(subject, Pkcs10Forge.other("Ed448", 0), "Ed448")),
                violating("DSA", "key", signed(subject, Pkcs10Forge.other("DSA", 2048), "SHA256withDSA")),
                violating("the signature of another key", "self-signature", signed(subject, mixed, SHA256)),
                violating("SHA-1 over P-256", "self-signature", signed(subject, KEY, "SHA1withECDSA")),
                violating("SHA-1 over RSA", "self-signature", signed(subject, rsa, "SHA1withRSA")),
                violating("MD5 over RSA", "self-signature", signed(subject, rsa, "MD5withRSA")),
                new Case(
                        "an altered signature",
                        Requests.ofText(pem("CERTIFICATE REQUEST", altered)),
                        ErrorCode.CSR_RULE_VIOLATED,
                        "self-signature"));
    }

    private static Stream<Case> subjects() {
        return Stream.of(
                named("no organization", Pkcs10Forge.of(BCStyle.CN, printable(NAME))),
                named("no common name", Pkcs10Forge.of(BCStyle.O, printable(GROUP))),
                named("an empty subject", Pkcs10Forge.of()),
                named("another organization", subject("system:masters", NAME)),
                named("the organization in upper case", subject("SYSTEM:NODES", NAME)),
                named("the organization with a blank", subject("system:nodes ", NAME)),
                named(
                        "a second organization",
                        Pkcs10Forge.of(
                                BCStyle.O,
                                printable(GROUP),
                                BCStyle.O,
                                printable("system:masters"),
                                BCStyle.CN,
                                printable(NAME))),
                named(
                        "the organization twice",
                        Pkcs10Forge.of(
                                BCStyle.O, printable(GROUP), BCStyle.O, printable(GROUP), BCStyle.CN, printable(NAME))),
                named(
                        "a second common name behind",
                        Pkcs10Forge.of(
                                BCStyle.O,
                                printable(GROUP),
                                BCStyle.CN,
                                printable(NAME),
                                BCStyle.CN,
                                printable("system:node:b"))),
                named(
                        "two common names, no organization",
                        Pkcs10Forge.of(BCStyle.CN, printable(NAME), BCStyle.CN, printable(NAME))),
                named(
                        "an organizational unit",
                        Pkcs10Forge.of(
                                BCStyle.O, printable(GROUP), BCStyle.CN, printable(NAME), BCStyle.OU, printable("x"))),
                named(
                        "a serial number",
                        Pkcs10Forge.of(
                                BCStyle.O,
                                printable(GROUP),
                                BCStyle.CN,
                                printable(NAME),
                                BCStyle.SERIALNUMBER,
                                printable("1"))),
                named("both in one name", Pkcs10Forge.inOneName(GROUP, NAME)),
                named("a common name in UTF-16", Pkcs10Forge.of(BCStyle.O, printable(GROUP), BCStyle.CN, bmp(NAME))));
    }

    private static Stream<Case> otherNames() {
        return Stream.of(
                        "system:node:victim",
                        "system:node:worker-10",
                        "system:node:worker-",
                        "system:node:WORKER-1",
                        "system:node:worker-1 ",
                        " system:node:worker-1",
                        "system:node:worker-1\0",
                        "system:node:worker-1.example.com",
                        "system:node:",
                        "worker-1",
                        "system:masters",
                        "kubernetes-admin",
                        "system:node:worker\u20111",
                        "system:node:w\u043Erker-1")
                .map(name -> new Case(
                        "the common name '" + name + "'",
                        Requests.of(signed(
                                Pkcs10Forge.of(BCStyle.O, printable(GROUP), BCStyle.CN, utf8(name)), KEY, SHA256)),
                        ErrorCode.NODE_IDENTITY_MISMATCH,
                        "node-name"));
    }

    private static Stream<Case> attributes() {
        X500Name subject = subject(GROUP, NAME);
        return Stream.of(
                violating(
                        "a DNS name",
                        "no-attributes",
                        Pkcs10Forge.withName(subject, KEY, new GeneralName(GeneralName.dNSName, "worker-1"))),
                violating(
                        "an IP address",
                        "no-attributes",
                        Pkcs10Forge.withName(subject, KEY, new GeneralName(GeneralName.iPAddress, "10.0.0.1"))),
                violating(
                        "a URI",
                        "no-attributes",
                        Pkcs10Forge.withName(
                                subject, KEY, new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://x"))),
                violating(
                        "an e-mail address",
                        "no-attributes",
                        Pkcs10Forge.withName(subject, KEY, new GeneralName(GeneralName.rfc822Name, "a@example.com"))),
                violating("a CA constraint", "no-attributes", Pkcs10Forge.asAuthority(subject, KEY)),
                violating("a challenge password", "no-attributes", Pkcs10Forge.withPassword(subject, KEY)));
    }

    private static Stream<Case> usages() {
        return Stream.of(
                spec("server auth as well", "usages", spec -> spec.addToUsages("server auth")),
                spec("key encipherment without RSA", "usages", spec -> spec.addToUsages("key encipherment")),
                spec("certificate signing", "usages", spec -> spec.addToUsages("cert sign")),
                spec("any", "usages", spec -> spec.withUsages("any")),
                spec("no client auth", "usages", spec -> spec.withUsages("digital signature")),
                spec("no digital signature", "usages", spec -> spec.withUsages("client auth")),
                spec("no usage", "usages", spec -> spec.withUsages()),
                spec("a usage twice", "usages", spec -> spec.addToUsages("client auth")));
    }

    private static Case spec(String name, String rule, Consumer<CertificateSigningRequestSpecFluent<?>> change) {
        CertificateSigningRequestBuilder request = new CertificateSigningRequestBuilder(Requests.honest());
        var spec = request.editSpec();
        change.accept(spec);
        spec.endSpec();
        return new Case(name, request.build(), ErrorCode.CSR_RULE_VIOLATED, rule);
    }

    private static Case text(String name, String text) {
        return new Case(name, Requests.ofText(text), ErrorCode.CSR_RULE_VIOLATED, "one-pem-block");
    }

    private static Case named(String name, X500Name subject) {
        return violating(name, "subject", signed(subject, KEY, SHA256));
    }

    private static Case violating(String name, String rule, PKCS10CertificationRequest pkcs10) {
        return new Case(name, Requests.of(pkcs10), ErrorCode.CSR_RULE_VIOLATED, rule);
    }
}
