package io.nodejoin.testbed.pki;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A CA with a P-256 key of its own. Its certificates are for servers and clients, and valid for a year. */
public final class CertificateAuthority {
    private static final Duration VALIDITY = Duration.ofDays(365);
    /** A peer whose clock is behind, also on purpose, must accept a new certificate. */
    private static final Duration BACKDATED = Duration.ofHours(1);

    private final Clock clock;
    private final SecureRandom random;
    private final X500Name name;
    private final KeyPair keys;
    private final Identity identity;

    public CertificateAuthority(String commonName, Clock clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
        this.name = name(Subject.user(commonName));
        this.keys = newKeys(random);
        this.identity = new Identity(selfSigned(), keys);
    }

    /** The authority's own certificate and key. */
    public Identity identity() {
        return identity;
    }

    public Identity issue(Subject subject) {
        KeyPair subjectKeys = newKeys(random);
        try {
            JcaX509v3CertificateBuilder builder = builder(name(subject), subjectKeys);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            GeneralName[] names = alternativeNames(subject);
            if (names.length > 0) {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return new Identity(sign(builder), subjectKeys);
        } catch (IOException unencodable) {
            throw new UncheckedIOException("cannot encode the certificate of " + subject, unencodable);
        }
    }

    /** Returns a new P-256 key pair without a certificate. */
    public static KeyPair newKeys(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no P-256", missing);
        }
    }

    private X509Certificate selfSigned() {
        try {
            JcaX509v3CertificateBuilder builder = builder(name, keys);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign | KeyUsage.cRLSign));
            return sign(builder);
        } catch (IOException unencodable) {
            throw new UncheckedIOException("cannot encode the certificate of " + name, unencodable);
        }
    }

    private JcaX509v3CertificateBuilder builder(X500Name subject, KeyPair subjectKeys) throws IOException {
        Instant now = clock.instant();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                new BigInteger(127, random).add(BigInteger.ONE),
                Date.from(now.minus(BACKDATED)),
                Date.from(now.plus(VALIDITY)),
                subject,
                subjectKeys.getPublic());
        try {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    extensions.createSubjectKeyIdentifier(subjectKeys.getPublic()));
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(keys.getPublic()));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no SHA-1", missing);
        }
        return builder;
    }

    private X509Certificate sign(JcaX509v3CertificateBuilder builder) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (OperatorCreationException | GeneralSecurityException cannotSign) {
            throw new IllegalStateException("cannot sign with " + name, cannotSign);
        }
    }

    private static X500Name name(Subject subject) {
        X500NameBuilder builder = new X500NameBuilder();
        String organization = subject.organization();
        if (organization != null) {
            builder.addRDN(BCStyle.O, organization);
        }
        return builder.addRDN(BCStyle.CN, subject.commonName()).build();
    }

    private static GeneralName[] alternativeNames(Subject subject) {
        return Stream.concat(
                        subject.dnsNames().stream().map(dns -> new GeneralName(GeneralName.dNSName, dns)),
                        subject.addresses().stream().map(ip -> new GeneralName(GeneralName.iPAddress, ip)))
                .toArray(GeneralName[]::new);
    }
}
