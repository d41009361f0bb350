package io.nodejoin.activities.kubernetes.csr;

import static io.nodejoin.activities.kubernetes.csr.Pkcs10Forge.subject;
import static io.nodejoin.activities.kubernetes.csr.TestCsrs.GROUP;
import static io.nodejoin.activities.kubernetes.csr.TestCsrs.KEY;
import static io.nodejoin.activities.kubernetes.csr.TestCsrs.NAME;

import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** Requests that carry anything beside subject and key. */
final class HostileAttributes {
    private HostileAttributes() {}

    static Stream<HostileCase> all() {
        X500Name subject = subject(GROUP, NAME);
        return Stream.of(
                with(
                        "a DNS name",
                        Pkcs10Forge.withName(subject, KEY, new GeneralName(GeneralName.dNSName, "worker-1"))),
                with(
                        "an IP address",
                        Pkcs10Forge.withName(subject, KEY, new GeneralName(GeneralName.iPAddress, "10.0.0.1"))),
                with(
                        "a URI",
                        Pkcs10Forge.withName(
                                subject, KEY, new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://x"))),
                with(
                        "an e-mail address",
                        Pkcs10Forge.withName(subject, KEY, new GeneralName(GeneralName.rfc822Name, "a@example.com"))),
                with("a CA constraint", Pkcs10Forge.asAuthority(subject, KEY)),
                with("a challenge password", Pkcs10Forge.withPassword(subject, KEY)),
                with("a directory name", Pkcs10Forge.withName(subject, KEY, new GeneralName(subject))),
                with(
                        "a registered id",
                        Pkcs10Forge.withName(subject, KEY, new GeneralName(GeneralName.registeredID, "1.2.3"))),
                with(
                        "an empty list of names",
                        extended(Extension.subjectAlternativeName, new GeneralNames(new GeneralName[0]))),
                with("a key usage", extended(Extension.keyUsage, new KeyUsage(KeyUsage.keyCertSign))),
                with(
                        "an extended key usage",
                        extended(Extension.extendedKeyUsage, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))),
                with(
                        "a subject key identifier",
                        extended(Extension.subjectKeyIdentifier, new DEROctetString(new byte[20]))),
                with("an unknown extension", extended(new ASN1ObjectIdentifier("1.2.3.4"), DERNull.INSTANCE)),
                with(
                        "no extension in a request for extensions",
                        Pkcs10Forge.withAttribute(
                                subject, KEY, PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new DERSequence())),
                with(
                        "extensions by the identifier of Microsoft",
                        Pkcs10Forge.withAttribute(
                                subject, KEY, new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.14"), new DERSequence())),
                with(
                        "an unstructured name",
                        Pkcs10Forge.withAttribute(
                                subject, KEY, PKCSObjectIdentifiers.pkcs_9_at_unstructuredName, new DERIA5String("x"))),
                with(
                        "an unknown attribute",
                        Pkcs10Forge.withAttribute(
                                subject, KEY, new ASN1ObjectIdentifier("1.2.3.5"), DERNull.INSTANCE)));
    }

    private static PKCS10CertificationRequest extended(ASN1ObjectIdentifier type, ASN1Encodable value) {
        return Pkcs10Forge.withExtension(subject(GROUP, NAME), KEY, type, value);
    }

    private static HostileCase with(String name, PKCS10CertificationRequest pkcs10) {
        return HostileCase.violating("no-attributes", name, pkcs10);
    }
}
