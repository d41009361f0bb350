package io.nodejoin.activities.kubernetes.csr;

import static io.nodejoin.activities.kubernetes.csr.ServingRequests.dns;
import static io.nodejoin.activities.kubernetes.csr.ServingRequests.ip;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.protocol.ErrorCode;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.OtherName;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** One attempt of a node, which may serve as worker-1 and 10.0.0.7, at more than that, and the rule that it breaks first. */
public record HostileServing(String name, CertificateSigningRequest request, ErrorCode code, ServingCsrRule rule) {

    /** All requests that break a rule by what they ask for. */
    public static Stream<HostileServing> all() {
        return Stream.of(dnsNames(), addresses(), otherNames(), extensions(), subjects(), keys(), envelopes())
                .flatMap(cases -> cases);
    }

    private static Stream<HostileServing> dnsNames() {
        return Stream.of(
                notOwned("the name with a dot at its end", dns("worker-1."), ip("10.0.0.7")),
                notOwned("the name in capitals", dns("WORKER-1"), ip("10.0.0.7")),
                notOwned("a wildcard", dns("*"), ip("10.0.0.7")),
                notOwned("a wildcard beside the name", dns("worker-1"), dns("*.cluster.local"), ip("10.0.0.7")),
                notOwned("the name and more letters", dns("worker-1x"), ip("10.0.0.7")),
                notOwned("the name and less letters", dns("worker-"), ip("10.0.0.7")),
                notOwned("the name in a domain", dns("worker-1.example.com"), ip("10.0.0.7")),
                notOwned("a subdomain of the name", dns("x.worker-1"), ip("10.0.0.7")),
                notOwned("another node's name", dns("worker-2"), ip("10.0.0.7")),
                notOwned("another node's name beside the own", dns("worker-1"), dns("worker-2"), ip("10.0.0.7")),
                notOwned("the API server's name", dns("worker-1"), dns("kubernetes.default.svc"), ip("10.0.0.7")),
                notOwned("the host itself", dns("worker-1"), dns("localhost"), ip("10.0.0.7")),
                notOwned("an empty name", dns("worker-1"), dns(""), ip("10.0.0.7")),
                notOwned("a blank before the name", dns(" worker-1"), ip("10.0.0.7")),
                notOwned("a null behind the name", dns("worker-1\0"), ip("10.0.0.7")),
                notOwned("a null and a domain behind the name", dns("worker-1\0.example.com"), ip("10.0.0.7")),
                notOwned("a line break behind the name", dns("worker-1\n"), ip("10.0.0.7")),
                notOwned("a letter that looks alike", dns("w\u00f6rker-1"), ip("10.0.0.7")),
                notOwned("the name twice and no address", dns("worker-1"), dns("worker-1")),
                notOwned("the name twice", dns("worker-1"), dns("worker-1"), ip("10.0.0.7")),
                notOwned("the name alone", dns("worker-1")),
                notOwned("the address as a name", dns("worker-1"), dns("10.0.0.7")),
                notOwned("the user name as a name", dns("system:node:worker-1"), ip("10.0.0.7")),
                notOwned("five thousand letters", dns("worker-1"), dns("a".repeat(5_000)), ip("10.0.0.7")),
                notOwned("two hundred names", many(200)));
    }

    private static Stream<HostileServing> addresses() {
        return Stream.of(
                notOwned("the address alone", ip("10.0.0.7")),
                notOwned("the address twice", dns("worker-1"), ip("10.0.0.7"), ip("10.0.0.7")),
                notOwned("another address", dns("worker-1"), ip("10.0.0.8")),
                notOwned("another address beside the own", dns("worker-1"), ip("10.0.0.7"), ip("10.0.0.8")),
                notOwned("the address in its IPv6 form", dns("worker-1"), bytes("00000000000000000000ffff0a000007")),
                notOwned(
                        "the address in both forms",
                        dns("worker-1"),
                        ip("10.0.0.7"),
                        bytes("00000000000000000000ffff0a000007")),
                notOwned("the address as IPv4-compatible", dns("worker-1"), bytes("0000000000000000000000000a000007")),
                notOwned("the address in NAT64", dns("worker-1"), bytes("0064ff9b00000000000000000a000007")),
                notOwned("the address with a mask", dns("worker-1"), bytes("0a000007ffffff00")),
                notOwned("an address of three bytes", dns("worker-1"), bytes("0a0000")),
                notOwned("an address without bytes", dns("worker-1"), bytes("")),
                notOwned("the bytes in reverse", dns("worker-1"), ip("7.0.0.10")),
                notOwned("loopback beside the own", dns("worker-1"), ip("10.0.0.7"), ip("127.0.0.1")),
                notOwned("any address", dns("worker-1"), ip("0.0.0.0")),
                notOwned("IPv6 loopback", dns("worker-1"), ip("::1")),
                notOwned("the API server's address", dns("worker-1"), ip("10.0.0.7"), ip("10.96.0.1")));
    }

    private static Stream<HostileServing> otherNames() {
        return Stream.of(
                notOwned("a URI beside", dns("worker-1"), ip("10.0.0.7"), uri("spiffe://x/y")),
                notOwned("a URI instead of the name", uri("worker-1"), ip("10.0.0.7")),
                notOwned(
                        "an e-mail address",
                        dns("worker-1"),
                        ip("10.0.0.7"),
                        new GeneralName(GeneralName.rfc822Name, "a@example.com")),
                notOwned(
                        "the name as an e-mail address",
                        new GeneralName(GeneralName.rfc822Name, "worker-1"),
                        ip("10.0.0.7")),
                notOwned(
                        "a directory name",
                        dns("worker-1"),
                        ip("10.0.0.7"),
                        new GeneralName(ServingRequests.subject())),
                notOwned(
                        "a registered id",
                        dns("worker-1"),
                        ip("10.0.0.7"),
                        new GeneralName(GeneralName.registeredID, "1.2.3")),
                notOwned(
                        "a user principal name",
                        dns("worker-1"),
                        ip("10.0.0.7"),
                        new GeneralName(
                                GeneralName.otherName,
                                new OtherName(
                                        new ASN1ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), new DERUTF8String("a@b")))),
                notOwned("an empty list of names"));
    }

    private static Stream<HostileServing> extensions() {
        Extension names = Pkcs10Forge.extension(
                Extension.subjectAlternativeName,
                new GeneralNames(new GeneralName[] {dns("worker-1"), ip("10.0.0.7")}));
        return Stream.of(
                extended("no extension at all", new Extension[0]),
                extended("the names twice over", names, names),
                extended("critical names", new Extension(names.getExtnId(), true, names.getExtnValue())),
                extended(
                        "a CA constraint beside",
                        names,
                        Pkcs10Forge.extension(Extension.basicConstraints, new BasicConstraints(true))),
                extended(
                        "a key usage beside",
                        names,
                        Pkcs10Forge.extension(Extension.keyUsage, new KeyUsage(KeyUsage.keyCertSign))),
                extended(
                        "an extended key usage beside",
                        names,
                        Pkcs10Forge.extension(
                                Extension.extendedKeyUsage, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))),
                extended(
                        "an unknown extension instead",
                        Pkcs10Forge.extension(new ASN1ObjectIdentifier("1.2.3.4"), DERNull.INSTANCE)),
                extended(
                        "names that are none",
                        new Extension(Extension.subjectAlternativeName, false, new byte[] {1, 2, 3})),
                extended(
                        "names that are not in DER",
                        new Extension(
                                Extension.subjectAlternativeName,
                                false,
                                HexFormat.of().parseHex("308110" + "8208776f726b65722d31" + "87040a000007"))),
                extended(
                        "something behind the names",
                        new Extension(
                                Extension.subjectAlternativeName,
                                false,
                                concat(names.getExtnValue().getOctets(), new byte[] {5, 0}))),
                violating("no attribute", TestCsrs.honestPkcs10()),
                violating(
                        "a challenge password instead",
                        Pkcs10Forge.withPassword(ServingRequests.subject(), TestCsrs.KEY)),
                violating(
                        "extensions by the identifier of Microsoft",
                        Pkcs10Forge.withAttribute(
                                ServingRequests.subject(),
                                TestCsrs.KEY,
                                new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.14"),
                                new DERSequence(names))),
                violating(
                        "extensions that are an octet string",
                        Pkcs10Forge.withAttribute(
                                ServingRequests.subject(),
                                TestCsrs.KEY,
                                PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
                                new DEROctetString(new byte[4]))));
    }

    private static Stream<HostileServing> subjects() {
        return Stream.of(
                new HostileServing(
                        "another node's certificate",
                        ServingRequests.titled(Pkcs10Forge.subject(TestCsrs.GROUP, "system:node:worker-2")),
                        ErrorCode.CSR_CN_NOT_REQUESTER,
                        ServingCsrRule.CN_IS_REQUESTER),
                new HostileServing(
                        "the own certificate in capitals",
                        ServingRequests.titled(Pkcs10Forge.subject(TestCsrs.GROUP, "system:node:WORKER-1")),
                        ErrorCode.CSR_CN_NOT_REQUESTER,
                        ServingCsrRule.CN_IS_REQUESTER),
                new HostileServing(
                        "the certificate of an administrator",
                        ServingRequests.titled(Pkcs10Forge.subject(TestCsrs.GROUP, "kubernetes-admin")),
                        ErrorCode.CSR_CN_NOT_REQUESTER,
                        ServingCsrRule.CN_IS_REQUESTER),
                broken(
                        "the group of administrators",
                        ServingRequests.titled(Pkcs10Forge.subject("system:masters", TestCsrs.NAME)),
                        ServingCsrRule.SUBJECT),
                broken(
                        "two names of nodes",
                        ServingRequests.titled(Pkcs10Forge.of(
                                BCStyle.O, Pkcs10Forge.utf8(TestCsrs.GROUP),
                                BCStyle.CN, Pkcs10Forge.utf8(TestCsrs.NAME),
                                BCStyle.CN, Pkcs10Forge.utf8("system:node:worker-2"))),
                        ServingCsrRule.SUBJECT),
                broken(
                        "groups of another requester",
                        new CertificateSigningRequestBuilder(ServingRequests.honest())
                                .editSpec()
                                .addToGroups("system:masters")
                                .endSpec()
                                .build(),
                        ServingCsrRule.GROUPS),
                broken(
                        "a node without its group",
                        new CertificateSigningRequestBuilder(ServingRequests.honest())
                                .editSpec()
                                .withGroups("system:authenticated", "system:authenticated")
                                .endSpec()
                                .build(),
                        ServingCsrRule.GROUPS));
    }

    private static Stream<HostileServing> keys() {
        return Stream.of(
                broken(
                        "a short RSA key",
                        ServingRequests.keyed(Pkcs10Forge.other("RSA", 1024), "SHA256withRSA"),
                        ServingCsrRule.KEY),
                broken(
                        "P-521",
                        ServingRequests.keyed(Pkcs10Forge.ec("secp521r1"), "SHA512withECDSA"),
                        ServingCsrRule.KEY),
                broken(
                        "a signature by SHA-1",
                        ServingRequests.keyed(TestCsrs.KEY, "SHA1withECDSA"),
                        ServingCsrRule.PROOF_OF_POSSESSION));
    }

    private static Stream<HostileServing> envelopes() {
        CertificateSigningRequest honest = ServingRequests.honest();
        String pem = Pkcs10Forge.pem(TestCsrs.honestPkcs10());
        return Stream.of(
                broken("two PEM blocks", ServingRequests.ofText(pem + pem), ServingCsrRule.ONE_PEM_BLOCK),
                broken("junk", ServingRequests.ofText("junk"), ServingCsrRule.ONE_PEM_BLOCK),
                broken(
                        "client authentication as well",
                        ServingRequests.using(honest, "digital signature", "server auth", "client auth"),
                        ServingCsrRule.USAGES),
                broken(
                        "client authentication instead",
                        ServingRequests.using(honest, "digital signature", "client auth"),
                        ServingCsrRule.USAGES),
                broken("no signatures", ServingRequests.using(honest, "server auth"), ServingCsrRule.USAGES),
                broken(
                        "key encipherment by a curve",
                        ServingRequests.using(honest, "digital signature", "server auth", "key encipherment"),
                        ServingCsrRule.USAGES),
                broken(
                        "a usage twice",
                        ServingRequests.using(honest, "digital signature", "server auth", "server auth"),
                        ServingCsrRule.USAGES),
                broken(
                        "a life of two years",
                        new CertificateSigningRequestBuilder(honest)
                                .editSpec()
                                .withExpirationSeconds(2 * 365 * 86_400)
                                .endSpec()
                                .build(),
                        ServingCsrRule.EXPIRATION),
                broken(
                        "a request that an earlier holder of the name left behind",
                        new CertificateSigningRequestBuilder(honest)
                                .editMetadata()
                                .withCreationTimestamp(ServingRequests.REGISTERED
                                        .minusSeconds(11)
                                        .toString())
                                .endMetadata()
                                .build(),
                        ServingCsrRule.NEWER_THAN_NODE));
    }

    /** Whether the request is older than the Node. */
    public boolean predatesNode() {
        return rule == ServingCsrRule.NEWER_THAN_NODE;
    }

    private static HostileServing notOwned(String name, GeneralName... names) {
        return new HostileServing(
                name, ServingRequests.named(names), ErrorCode.SERVING_SAN_NOT_OWNED, ServingCsrRule.ALLOWED_NAMES);
    }

    private static HostileServing extended(String name, Extension... extensions) {
        return violating(
                name,
                Pkcs10Forge.withExtensions(ServingRequests.subject(), TestCsrs.KEY, "SHA256withECDSA", extensions));
    }

    private static HostileServing violating(String name, PKCS10CertificationRequest pkcs10) {
        return broken(name, ServingRequests.of(pkcs10), ServingCsrRule.ALTERNATIVE_NAMES);
    }

    private static HostileServing broken(String name, CertificateSigningRequest csr, ServingCsrRule rule) {
        return new HostileServing(name, csr, ErrorCode.CSR_RULE_VIOLATED, rule);
    }

    private static GeneralName uri(String uri) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
    }

    private static GeneralName bytes(String hex) {
        return new GeneralName(GeneralName.iPAddress, (ASN1Encodable)
                new DEROctetString(HexFormat.of().parseHex(hex)));
    }

    private static GeneralName[] many(int count) {
        return Stream.iterate(0, i -> i + 1)
                .limit(count)
                .map(i -> dns("worker-" + i))
                .toArray(GeneralName[]::new);
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @Override
    public String toString() {
        return name;
    }
}
