package io.nodejoin.activities.kubernetes.csr;

import static io.nodejoin.activities.kubernetes.csr.Pkcs10Forge.forged;
import static io.nodejoin.activities.kubernetes.csr.Pkcs10Forge.pem;
import static io.nodejoin.activities.kubernetes.csr.Pkcs10Forge.signed;
import static io.nodejoin.activities.kubernetes.csr.Pkcs10Forge.subject;
import static io.nodejoin.activities.kubernetes.csr.TestCsrs.GROUP;
import static io.nodejoin.activities.kubernetes.csr.TestCsrs.KEY;
import static io.nodejoin.activities.kubernetes.csr.TestCsrs.NAME;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.teletrust.TeleTrusTObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X962NamedCurves;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** Keys that are weak, odd or none, and signatures that prove nothing. */
final class HostileKeys {
    private static final String SHA256 = "SHA256withECDSA";
    private static final X500Name SUBJECT = subject(GROUP, NAME);
    private static final SubjectPublicKeyInfo SPKI =
            SubjectPublicKeyInfo.getInstance(KEY.getPublic().getEncoded());
    private static final AlgorithmIdentifier ECDSA = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
    private static final AlgorithmIdentifier RSA =
            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
    private static final BigInteger MODULUS =
            ((RSAPublicKey) Pkcs10Forge.other("RSA", 2048).getPublic()).getModulus();
    private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);
    private static final byte[] POINT = point();
    private static final byte[] NO_SIGNATURE = new byte[0];

    private HostileKeys() {}

    static Stream<HostileCase> all() {
        return Stream.of(generated(), rsa(), points(), signatures()).flatMap(cases -> cases);
    }

    /** Asks for the honest key, without proof that the requester has it. */
    static CertificateSigningRequest withoutProof() {
        return TestCsrs.ofText(pem("CERTIFICATE REQUEST", forged(0, SUBJECT, SPKI, ECDSA, _ -> new byte[64])));
    }

    private static Stream<HostileCase> generated() {
        return Stream.of(
                key("RSA of 1024 bits", signed(SUBJECT, Pkcs10Forge.other("RSA", 1024), "SHA256withRSA")),
                key("RSA of 2040 bits", signed(SUBJECT, Pkcs10Forge.other("RSA", 2040), "SHA256withRSA")),
                key("P-521", signed(SUBJECT, Pkcs10Forge.ec("secp521r1"), "SHA512withECDSA")),
                key("Ed448", signed(SUBJECT, Pkcs10Forge.other("Ed448", 0), "Ed448")),
                key("DSA", signed(SUBJECT, Pkcs10Forge.other("DSA", 2048), "SHA256withDSA")));
    }

    private static Stream<HostileCase> rsa() {
        return Stream.of(
                rsa("RSA with the exponent 1", MODULUS, BigInteger.ONE),
                rsa("RSA with the exponent 3", MODULUS, BigInteger.valueOf(3)),
                rsa("RSA with an even exponent", MODULUS, BigInteger.valueOf(65_538)),
                rsa("RSA with a negative exponent", MODULUS, EXPONENT.negate()),
                rsa(
                        "RSA with an exponent of 64 bits",
                        MODULUS,
                        BigInteger.ONE.shiftLeft(63).add(BigInteger.ONE)),
                rsa("RSA with an even modulus", MODULUS.clearBit(0), EXPONENT),
                rsa("RSA with a negative modulus", MODULUS.negate(), EXPONENT),
                rsa("RSA with the modulus 0", BigInteger.ZERO, EXPONENT),
                rsa("RSA of 8193 bits", BigInteger.ONE.shiftLeft(8192).add(BigInteger.ONE), EXPONENT),
                rsa("RSA of 32768 bits", BigInteger.ONE.shiftLeft(32_767).add(BigInteger.ONE), EXPONENT),
                key(
                        "RSA without parameters",
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption),
                        rsaKey(MODULUS, EXPONENT)),
                key(
                        "RSA for PSS alone",
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS),
                        rsaKey(MODULUS, EXPONENT)),
                key("RSA without an exponent", RSA, der(new DERSequence(new ASN1Integer(MODULUS)))),
                key("RSA that is no sequence", RSA, new byte[] {5, 0}));
    }

    private static Stream<HostileCase> points() {
        byte[] off = POINT.clone();
        off[off.length - 1] ^= 1;
        return Stream.of(
                key("a point off the curve", ec(SECObjectIdentifiers.secp256r1), off),
                key("the point at infinity", ec(SECObjectIdentifiers.secp256r1), new byte[] {0}),
                key("no point", ec(SECObjectIdentifiers.secp256r1), NO_SIGNATURE),
                key("half a point", ec(SECObjectIdentifiers.secp256r1), new byte[33]),
                key("a point of P-256 under P-384", ec(SECObjectIdentifiers.secp384r1), POINT),
                key("secp256k1", ec(SECObjectIdentifiers.secp256k1), POINT),
                key("P-224", ec(SECObjectIdentifiers.secp224r1), POINT),
                key("brainpoolP256r1", ec(TeleTrusTObjectIdentifiers.brainpoolP256r1), POINT),
                key(
                        "P-256 spelled out",
                        new AlgorithmIdentifier(
                                X9ObjectIdentifiers.id_ecPublicKey,
                                X962NamedCurves.getByOID(SECObjectIdentifiers.secp256r1)),
                        POINT),
                key("an unnamed curve", new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey), POINT),
                key("Ed25519 of 31 bytes", new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519), new byte[31]),
                key("X25519", new AlgorithmIdentifier(EdECObjectIdentifiers.id_X25519), new byte[32]),
                key(
                        "an unknown kind of key",
                        new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.3")),
                        new byte[32]));
    }

    private static Stream<HostileCase> signatures() {
        KeyPair mixed = new KeyPair(KEY.getPublic(), Pkcs10Forge.ec("secp256r1").getPrivate());
        KeyPair rsa = Pkcs10Forge.other("RSA", 2048);
        byte[] altered = Pkcs10Forge.der(TestCsrs.honestPkcs10());
        altered[altered.length - 1] ^= 1;
        byte[] ofAnother =
                signed(subject(GROUP, "system:node:victim"), KEY, SHA256).getSignature();
        byte[] zeros = der(new DERSequence(new ASN1Encodable[] {new ASN1Integer(0), new ASN1Integer(0)}));
        return Stream.of(
                signature("the signature of another key", signed(SUBJECT, mixed, SHA256)),
                signature("SHA-1 over P-256", signed(SUBJECT, KEY, "SHA1withECDSA")),
                signature("SHA-1 over RSA", signed(SUBJECT, rsa, "SHA1withRSA")),
                signature("MD5 over RSA", signed(SUBJECT, rsa, "MD5withRSA")),
                signature(
                        "PSS over RSA",
                        forged(
                                0,
                                SUBJECT,
                                SubjectPublicKeyInfo.getInstance(rsa.getPublic().getEncoded()),
                                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS),
                                _ -> new byte[256])),
                signature("SHA-224 over P-256", signed(SUBJECT, KEY, "SHA224withECDSA")),
                signature("an altered signature", altered),
                signature("the signature of another request", forged(0, SUBJECT, SPKI, ECDSA, _ -> ofAnother)),
                signature("an all-zero signature", forged(0, SUBJECT, SPKI, ECDSA, _ -> zeros)),
                signature("an empty signature", forged(0, SUBJECT, SPKI, ECDSA, _ -> NO_SIGNATURE)),
                signature("a signature that is no sequence", forged(0, SUBJECT, SPKI, ECDSA, _ -> new byte[64])),
                signature(
                        "an algorithm of RSA over P-256",
                        forged(
                                0,
                                SUBJECT,
                                SPKI,
                                new AlgorithmIdentifier(
                                        PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE),
                                _ -> ofAnother)),
                signature(
                        "an unknown algorithm",
                        forged(
                                0,
                                SUBJECT,
                                SPKI,
                                new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.3")),
                                _ -> ofAnother)));
    }

    private static HostileCase rsa(String name, BigInteger modulus, BigInteger exponent) {
        return key(name, RSA, rsaKey(modulus, exponent));
    }

    private static HostileCase key(String name, AlgorithmIdentifier algorithm, byte[] key) {
        byte[] request = forged(0, SUBJECT, new SubjectPublicKeyInfo(algorithm, key), ECDSA, _ -> new byte[64]);
        return HostileCase.violating("key", name, TestCsrs.ofText(pem("CERTIFICATE REQUEST", request)));
    }

    private static HostileCase key(String name, PKCS10CertificationRequest request) {
        return HostileCase.violating("key", name, request);
    }

    private static HostileCase signature(String name, PKCS10CertificationRequest request) {
        return HostileCase.violating("proof-of-possession", name, request);
    }

    private static HostileCase signature(String name, byte[] request) {
        return HostileCase.violating("proof-of-possession", name, TestCsrs.ofText(pem("CERTIFICATE REQUEST", request)));
    }

    private static AlgorithmIdentifier ec(ASN1ObjectIdentifier curve) {
        return new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve);
    }

    private static byte[] rsaKey(BigInteger modulus, BigInteger exponent) {
        return der(new DERSequence(new ASN1Encodable[] {new ASN1Integer(modulus), new ASN1Integer(exponent)}));
    }

    private static byte[] point() {
        return SPKI.getPublicKeyData().getOctets();
    }

    private static byte[] der(ASN1Encodable value) {
        return Pkcs10Forge.der(value);
    }
}
