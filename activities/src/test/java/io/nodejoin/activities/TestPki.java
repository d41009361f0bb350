package io.nodejoin.activities;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** Keys and certificates made anew for a test. */
public final class TestPki {
    private TestPki() {}

    /** A key and its certificate. */
    public record Credential(PrivateKey key, X509Certificate certificate) {}

    public static KeyPair keyPair(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static KeyPair keyPair() {
        return keyPair("secp256r1");
    }

    public static String base64(KeyPair keys) {
        return Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
    }

    public static Credential ca(String name) {
        KeyPair keys = keyPair();
        return sign(keys, name, keys.getPrivate(), name, true, new GeneralName(GeneralName.dNSName, "ca"));
    }

    /** A CA that is limited to certificates for this use. */
    public static Credential ca(String name, KeyPurposeId use) {
        KeyPair keys = keyPair();
        return sign(keys, name, keys.getPrivate(), name, true, new GeneralName(GeneralName.dNSName, "ca"), use);
    }

    /** A certificate of another CA's client that says nothing of its use. */
    public static Credential withoutUse(Credential ca, String uri) {
        return sign(
                keyPair(),
                "CN=nodejoin-agent",
                ca.key(),
                subject(ca),
                false,
                new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    }

    /** A certificate for this URI, signed by its own key. */
    public static Credential selfSigned(KeyPair keys, String uri) {
        GeneralName name = new GeneralName(GeneralName.uniformResourceIdentifier, uri);
        return sign(keys, "CN=agents", keys.getPrivate(), "CN=agents", false, name);
    }

    public static Credential server(Credential ca) {
        return sign(
                keyPair(),
                "CN=gateway",
                ca.key(),
                subject(ca),
                false,
                new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
    }

    private static String subject(Credential ca) {
        return ca.certificate().getSubjectX500Principal().getName();
    }

    private static Credential sign(
            KeyPair keys,
            String subject,
            PrivateKey issuerKey,
            String issuer,
            boolean ca,
            GeneralName name,
            KeyPurposeId... uses) {
        Instant now = Instant.now();
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name(issuer),
                    BigInteger.valueOf(now.toEpochMilli()),
                    Date.from(now.minus(Duration.ofHours(1))),
                    Date.from(now.plus(Duration.ofHours(24))),
                    new X500Name(subject),
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name));
            if (uses.length > 0) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(uses));
            }
            X509Certificate certificate = new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey)));
            return new Credential(keys.getPrivate(), certificate);
        } catch (CertIOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The certificate as PEM. */
    public static String pem(Credential credential) {
        return pem(credential.certificate());
    }

    /** A certificate request of a new key for this subject, as PEM. */
    public static String certificateRequest(String subject) {
        KeyPair keys = keyPair();
        try {
            return pem(new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), keys.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(Object... objects) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            for (Object object : objects) {
                pem.writeObject(object);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    public static Path writeCertificate(Path directory, String name, X509Certificate... certificates)
            throws IOException {
        return Files.writeString(directory.resolve(name), pem((Object[]) certificates));
    }

    public static Path writeKey(Path directory, String name, PrivateKey key) throws IOException {
        Path file = directory.resolve(name);
        try (JcaPEMWriter pem = new JcaPEMWriter(Files.newBufferedWriter(file))) {
            pem.writeObject(new PemObject("PRIVATE KEY", key.getEncoded()));
        }
        return file;
    }
}
