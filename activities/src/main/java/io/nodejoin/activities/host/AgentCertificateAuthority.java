package io.nodejoin.activities.host;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
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
 * Issues the client certificates of agents. They are good for client authentication alone, and for one identity, named by
 * a URI as {@link AgentIdentity} says.
 */
final class AgentCertificateAuthority {
    private static final Duration BACKDATED = Duration.ofMinutes(5);
    private static final X500Name SUBJECT = new X500Name("CN=nodejoin-agent");
    private static final String ALGORITHM = "SHA256withECDSA";
    private static final int SERIAL_BITS = 159;

    private final X509Certificate certificate;
    private final PrivateKey key;
    private final Duration life;
    private final Clock clock;
    private final SecureRandom random;

    /** Throws {@link IllegalArgumentException} if the files hold no P-256 CA and its key. */
    AgentCertificateAuthority(Path certificateFile, Path keyFile, Duration life, Clock clock, SecureRandom random) {
        this.certificate = PemFiles.certificates(certificateFile).getFirst();
        this.key = PemFiles.privateKey(keyFile);
        this.life = life;
        this.clock = clock;
        this.random = random;
        if (certificate.getBasicConstraints() < 0
                || !(certificate.getPublicKey() instanceof ECPublicKey publicKey)
                || publicKey.getParams().getOrder().bitLength() != 256) {
            throw new IllegalArgumentException(certificateFile + " is no certificate of a P-256 CA");
        }
        if (!keyFits()) {
            throw new IllegalArgumentException(keyFile + " is not the key of " + certificateFile);
        }
    }

    /** The CA's own certificate, the only one that client certificates may lead to. */
    X509Certificate certificate() {
        return certificate;
    }

    /** A certificate for this identity and key, and the CA's. Each call issues another one. */
    IssuedCertificate issue(AgentIdentity agent, SubjectPublicKeyInfo publicKey) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant caEnd = certificate.getNotAfter().toInstant();
        Instant end = now.plus(life).isBefore(caEnd) ? now.plus(life) : caEnd;
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
                new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE),
                Date.from(now.minus(BACKDATED)),
                Date.from(end),
                SUBJECT,
                publicKey);
        try {
            addExtensions(builder, agent, publicKey);
            X509Certificate issued = new JcaX509CertificateConverter().getCertificate(builder.build(signer()));
            return new IssuedCertificate(PemFiles.write(List.of(issued, certificate)), end);
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

    private boolean keyFits() {
        byte[] probe = {1};
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key, random);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(certificate);
            signature.update(probe);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    /**
     * @param chain PEM, the agent's certificate first, then the CA's
     */
    record IssuedCertificate(String chain, Instant expiresAt) {}
}
