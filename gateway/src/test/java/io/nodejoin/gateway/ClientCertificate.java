package io.nodejoin.gateway;

import io.nodejoin.activities.TestPki;
import io.nodejoin.activities.pem.PemFiles;
import io.nodejoin.gateway.agentca.AgentIdentity;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
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
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A client certificate like those of the agent CA, but for what a test changes.
 *
 * @param issuer who signs; its certificate follows in the chain
 * @param notBefore from when on it is valid, for an hour
 */
record ClientCertificate(
        TestPki.Credential issuer, List<GeneralName> names, KeyPurposeId purpose, int keyUsage, Instant notBefore) {
    private static final SecureRandom RANDOM = new SecureRandom();

    static ClientCertificate of(TestPki.Credential ca, AgentIdentity agent) {
        return new ClientCertificate(
                ca,
                List.of(uri(agent.uri())),
                KeyPurposeId.id_kp_clientAuth,
                KeyUsage.digitalSignature,
                Instant.now().minus(Duration.ofMinutes(5)));
    }

    static GeneralName uri(String text) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, text);
    }

    ClientCertificate from(TestPki.Credential other) {
        return new ClientCertificate(other, names, purpose, keyUsage, notBefore);
    }

    ClientCertificate named(GeneralName... others) {
        return new ClientCertificate(issuer, List.of(others), purpose, keyUsage, notBefore);
    }

    ClientCertificate forPurpose(KeyPurposeId other) {
        return new ClientCertificate(issuer, names, other, keyUsage, notBefore);
    }

    ClientCertificate withKeyUsage(int other) {
        return new ClientCertificate(issuer, names, purpose, other, notBefore);
    }

    ClientCertificate validFrom(Instant other) {
        return new ClientCertificate(issuer, names, purpose, keyUsage, other);
    }

    /** Certificate and issuer as PEM. */
    String chain(KeyPair keys) {
        return PemFiles.write(List.of(sign(keys).certificate(), issuer.certificate()));
    }

    TestPki.Credential sign(KeyPair keys) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    X500Name.getInstance(
                            issuer.certificate().getSubjectX500Principal().getEncoded()),
                    new BigInteger(64, RANDOM),
                    Date.from(notBefore),
                    Date.from(notBefore.plus(Duration.ofHours(1))),
                    new X500Name("CN=nodejoin-agent"),
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(keyUsage));
            builder.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purpose));
            if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            return new TestPki.Credential(
                    keys.getPrivate(),
                    new JcaX509CertificateConverter()
                            .getCertificate(
                                    builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.key()))));
        } catch (CertIOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }
}
