package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.Sha256;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A strictly parsed PKCS#10 request: the signer must read the same from these bytes as is evaluated here. */
record ParsedCsr(PKCS10CertificationRequest pkcs10) {
    private static final Pattern ONE_BLOCK = Pattern.compile("-----BEGIN CERTIFICATE REQUEST-----\n"
            + "((?:[A-Za-z0-9+/]{1,64}={0,2}\n)+)"
            + "-----END CERTIFICATE REQUEST-----\n?");
    /** Longer texts are not parsed; no kubelet sends any. */
    private static final int MAX_LENGTH = 16 * 1024;

    private static final int MIN_RSA_BITS = 2048;
    /** The API server, like every TLS peer written in Go, rejects longer keys. */
    private static final int MAX_RSA_BITS = 8192;

    private static final BigInteger MIN_RSA_EXPONENT = BigInteger.valueOf(65_537);
    private static final int MAX_RSA_EXPONENT_BITS = 31;
    private static final int VERSION_1 = 0;
    private static final Set<ASN1ObjectIdentifier> CURVES =
            Set.of(SECObjectIdentifiers.secp256r1, SECObjectIdentifiers.secp384r1);
    private static final Map<ASN1ObjectIdentifier, String> SIGNATURES = Map.of(
            X9ObjectIdentifiers.ecdsa_with_SHA256, "SHA256withECDSA",
            X9ObjectIdentifiers.ecdsa_with_SHA384, "SHA384withECDSA",
            X9ObjectIdentifiers.ecdsa_with_SHA512, "SHA512withECDSA",
            PKCSObjectIdentifiers.sha256WithRSAEncryption, "SHA256withRSA",
            PKCSObjectIdentifiers.sha384WithRSAEncryption, "SHA384withRSA",
            PKCSObjectIdentifiers.sha512WithRSAEncryption, "SHA512withRSA",
            EdECObjectIdentifiers.id_Ed25519, "Ed25519");

    /** Kinds of keys that are strong enough for a node. */
    enum KeyKind {
        EC,
        ED25519,
        RSA
    }

    /** Parses the base64 of exactly one PEM block that contains exactly one DER value; else empty. */
    static Optional<ParsedCsr> parse(String base64Pem) {
        if (base64Pem.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            String pem = new String(Base64.getDecoder().decode(base64Pem), StandardCharsets.ISO_8859_1);
            Matcher block = ONE_BLOCK.matcher(pem);
            if (!block.matches()) {
                return Optional.empty();
            }
            byte[] der = Base64.getDecoder().decode(block.group(1).replace("\n", ""));
            byte[] canonical = ASN1Primitive.fromByteArray(der).getEncoded(ASN1Encoding.DER);
            PKCS10CertificationRequest pkcs10 = new PKCS10CertificationRequest(der);
            boolean exact = Arrays.equals(der, canonical)
                    && pkcs10.toASN1Structure()
                            .getCertificationRequestInfo()
                            .getVersion()
                            .hasValue(VERSION_1)
                    && hasNonEmptyRdns(pkcs10.getSubject());
            return exact ? Optional.of(new ParsedCsr(pkcs10)) : Optional.empty();
        } catch (IOException | RuntimeException e) { // the parsers throw unchecked exceptions of many kinds
            return Optional.empty();
        }
    }

    /** The parser decodes names lazily, and accepts an empty one. */
    private static boolean hasNonEmptyRdns(X500Name subject) {
        return Arrays.stream(subject.getRDNs()).allMatch(name -> name.getTypesAndValues().length > 0);
    }

    /** Returns the kind of the key; empty if it is weak, of another kind, or invalid. */
    Optional<KeyKind> keyKind() {
        SubjectPublicKeyInfo key = pkcs10.getSubjectPublicKeyInfo();
        AlgorithmIdentifier algorithm = key.getAlgorithm();
        ASN1ObjectIdentifier kind = algorithm.getAlgorithm();
        try {
            if (kind.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
                return isStrongEcKey(key) ? Optional.of(KeyKind.EC) : Optional.empty();
            }
            if (kind.equals(EdECObjectIdentifiers.id_Ed25519)) {
                PublicKeyFactory.createKey(key);
                return Optional.of(KeyKind.ED25519);
            }
            return kind.equals(PKCSObjectIdentifiers.rsaEncryption)
                            && DERNull.INSTANCE.equals(algorithm.getParameters())
                            && isStrongRsaKey(ASN1Sequence.getInstance(key.parsePublicKey()))
                    ? Optional.of(KeyKind.RSA)
                    : Optional.empty();
        } catch (IOException | RuntimeException e) { // an invalid point or modulus causes an unchecked exception
            return Optional.empty();
        }
    }

    private static boolean isStrongEcKey(SubjectPublicKeyInfo key) throws IOException {
        boolean known =
                key.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier curve && CURVES.contains(curve);
        return known && PublicKeyFactory.createKey(key) instanceof ECPublicKeyParameters;
    }

    /** Reads the integers as they are encoded: Bouncy Castle's own type reads a negative one as positive. */
    private static boolean isStrongRsaKey(ASN1Sequence key) {
        if (key.size() != 2) {
            return false;
        }
        BigInteger modulus = ASN1Integer.getInstance(key.getObjectAt(0)).getValue();
        BigInteger exponent = ASN1Integer.getInstance(key.getObjectAt(1)).getValue();
        return modulus.signum() > 0
                && modulus.bitLength() >= MIN_RSA_BITS
                && modulus.bitLength() <= MAX_RSA_BITS
                && modulus.testBit(0)
                && exponent.testBit(0)
                && exponent.compareTo(MIN_RSA_EXPONENT) >= 0
                && exponent.bitLength() <= MAX_RSA_EXPONENT_BITS;
    }

    /** Returns whether the CSR is signed with its own key, by a secure algorithm. */
    boolean hasValidSignature() {
        String algorithm = SIGNATURES.get(pkcs10.getSignatureAlgorithm().getAlgorithm());
        if (algorithm == null) {
            return false;
        }
        try {
            // Bouncy Castle's own verifier computes each signature twice.
            Signature signature = Signature.getInstance(algorithm);
            signature.initVerify(new JcaPKCS10CertificationRequest(pkcs10).getPublicKey());
            signature.update(
                    pkcs10.toASN1Structure().getCertificationRequestInfo().getEncoded(ASN1Encoding.DER));
            return signature.verify(pkcs10.getSignature());
        } catch (IOException | GeneralSecurityException | RuntimeException e) { // as above
            return false;
        }
    }

    boolean isOfKind(KeyKind kind) {
        return keyKind().filter(kind::equals).isPresent();
    }

    /**
     * Returns the CN if the subject is exactly one O with this value and one CN, each encoded so that Go reads the
     * same.
     */
    Optional<String> commonName(String organization) {
        RDN[] names = pkcs10.getSubject().getRDNs();
        return names.length == 2
                        && singleValue(names, BCStyle.O)
                                .filter(organization::equals)
                                .isPresent()
                ? singleValue(names, BCStyle.CN)
                : Optional.empty();
    }

    /** Returns the value of the one single-valued RDN of this type. */
    private static Optional<String> singleValue(RDN[] names, ASN1ObjectIdentifier type) {
        List<AttributeTypeAndValue> found = Arrays.stream(names)
                .filter(name -> !name.isMultiValued())
                .map(RDN::getFirst)
                .filter(name -> name.getType().equals(type))
                .toList();
        if (found.size() != 1) {
            return Optional.empty();
        }
        return switch (found.getFirst().getValue()) {
            case DERPrintableString text -> Optional.of(text.getString());
            case DERUTF8String text -> Optional.of(text.getString());
            default -> Optional.empty();
        };
    }

    boolean hasAttributes() {
        return pkcs10.getAttributes().length > 0;
    }

    /** Returns the SANs if the CSR requests nothing else besides subject and key; else empty. */
    Optional<List<String>> onlyAlternativeNames() {
        Attribute[] attributes = pkcs10.getAttributes();
        boolean one = attributes.length == 1
                && attributes[0].getAttrType().equals(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)
                && attributes[0].getAttrValues().size() == 1;
        return one
                ? SubjectAltNames.parseOnlyExtension(
                        attributes[0].getAttrValues().getObjectAt(0))
                : Optional.empty();
    }

    /** Returns the digest of the key in the CSR; empty if it cannot be parsed. */
    static Optional<String> keyDigest(CertificateSigningRequest csr) {
        return parse(csr.getSpec().getRequest()).map(ParsedCsr::keyDigest);
    }

    /** Returns the lower-case hex SHA-256 of the SubjectPublicKeyInfo. */
    String keyDigest() {
        try {
            return Sha256.hex(pkcs10.getSubjectPublicKeyInfo().getEncoded());
        } catch (IOException e) {
            throw new IllegalStateException("what was parsed can be encoded", e);
        }
    }
}
