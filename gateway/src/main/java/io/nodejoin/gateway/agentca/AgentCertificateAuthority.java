package io.nodejoin.gateway.agentca;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nodejoin.activities.pem.CertifiedKey;
import io.nodejoin.activities.pem.PemFiles;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Issues agents' client certificates (EKU clientAuth, one URI SAN, see {@link AgentIdentity}) and verifies those issued
 * by earlier CAs.
 */
public final class AgentCertificateAuthority {
    private static final Duration BACKDATING = Duration.ofMinutes(5);
    private static final X500Name SUBJECT = new X500Name("CN=nodejoin-agent");
    private static final String ALGORITHM = "SHA256withECDSA";
    private static final int SERIAL_BITS = 159;
    private static final int P256_BITS = 256;
    private static final int DERIVED_BYTES = 32;
    /** The index in {@link X509Certificate#getKeyUsage()}. */
    private static final int KEY_CERT_SIGN = 5;

    private final X509Certificate certificate;
    private final List<X509Certificate> trusted;
    private final PrivateKey key;
    private final Duration life;
    private final Clock clock;
    private final SecureRandom random;

    /**
     * Throws {@link IllegalArgumentException} if the files contain no P-256 CA certificates and the key of the first
     * one.
     *
     * @param certificateFile the issuing CA first, then other trusted CAs
     */
    AgentCertificateAuthority(Path certificateFile, Path keyFile, Duration life, Clock clock, SecureRandom random) {
        CertifiedKey issuer = CertifiedKey.read(certificateFile, keyFile);
        this.certificate = issuer.certificate();
        this.trusted = issuer.certificates();
        this.key = issuer.key();
        this.life = life;
        this.clock = clock;
        this.random = random;
        if (!trusted.stream().allMatch(AgentCertificateAuthority::isP256Ca)) {
            throw new IllegalArgumentException(certificateFile + " contains a certificate that is not of a P-256 CA");
        }
        if (!trusted.stream().allMatch(AgentCertificateAuthority::maySignClients)) {
            throw new IllegalArgumentException(
                    certificateFile + " contains a CA that may not sign certificates of clients: it needs the key usage"
                            + " keyCertSign, and the extended key usage clientAuth or none");
        }
    }

    /** Returns the certificate of the issuing CA. */
    X509Certificate certificate() {
        return certificate;
    }

    /** Returns a key that only those who have the issuing CA's key can derive, the same for the same purpose: HKDF. */
    public byte[] deriveKey(String purpose) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addIKM(key.getEncoded())
                            .thenExpand(purpose.getBytes(UTF_8), DERIVED_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HKDF-SHA256", e);
        }
    }

    /** Returns the CAs that client certificates may be issued by. */
    List<X509Certificate> trusted() {
        return trusted;
    }

    /** Returns whether one of the CAs has issued this certificate directly, for clients. */
    public boolean hasIssued(X509Certificate agent) {
        return isForClients(agent, false)
                && trusted.stream()
                        .anyMatch(ca -> ca.getSubjectX500Principal().equals(agent.getIssuerX500Principal())
                                && isSignedBy(ca, agent));
    }

    private static boolean isSignedBy(X509Certificate ca, X509Certificate agent) {
        try {
            agent.verify(ca.getPublicKey());
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    /** @param unlimited what a certificate without extended key usages is for */
    private static boolean isForClients(X509Certificate certificate, boolean unlimited) {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            return usages == null
                    ? unlimited
                    : usages.contains(KeyPurposeId.id_kp_clientAuth.getId())
                            || usages.contains(KeyPurposeId.anyExtendedKeyUsage.getId());
        } catch (CertificateParsingException _) {
            return false;
        }
    }

    /** A CA may be limited to what it signs for by its own extended key usages, and to other uses than signing. */
    private static boolean maySignClients(X509Certificate ca) {
        boolean[] usages = ca.getKeyUsage();
        return isForClients(ca, true) && (usages == null || usages[KEY_CERT_SIGN]);
    }

    private static boolean isP256Ca(X509Certificate ca) {
        return ca.getBasicConstraints() >= 0
                && ca.getPublicKey() instanceof ECPublicKey publicKey
                && publicKey.getParams().getOrder().bitLength() == P256_BITS;
    }

    /** Issues a certificate for this identity and key, with its chain. Not idempotent: each call issues another one. */
    IssuedCertificate issue(AgentIdentity agent, SubjectPublicKeyInfo publicKey) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant caEnd = certificate.getNotAfter().toInstant();
        Instant end = now.plus(life).isBefore(caEnd) ? now.plus(life) : caEnd;
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
                new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE),
                Date.from(now.minus(BACKDATING)),
                Date.from(end),
                SUBJECT,
                publicKey);
        try {
            addExtensions(builder, agent, publicKey);
            X509Certificate issued = new JcaX509CertificateConverter().getCertificate(builder.build(signer()));
            return new IssuedCertificate(PemFiles.write(List.of(issued, certificate)), issued.getSerialNumber(), end);
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("the agent CA cannot sign, though it could at start", e);
        }
    }

    private void addExtensions(X509v3CertificateBuilder builder, AgentIdentity agent, SubjectPublicKeyInfo publicKey)
            throws IOException, GeneralSecurityException {
        JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
        GeneralName name = new GeneralName(GeneralName.uniformResourceIdentifier, agent.uri());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name));
        builder.addExtension(
                Extension.authorityKeyIdentifier, false, identifiers.createAuthorityKeyIdentifier(certificate));
        builder.addExtension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(publicKey));
    }

    private ContentSigner signer() throws OperatorCreationException {
        return new JcaContentSignerBuilder(ALGORITHM).setSecureRandom(random).build(key);
    }

    /** @param chain PEM, the agent's certificate first, then the CA's certificate */
    record IssuedCertificate(String chain, BigInteger serial, Instant expiresAt) {}
}
