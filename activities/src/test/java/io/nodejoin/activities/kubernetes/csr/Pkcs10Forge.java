package io.nodejoin.activities.kubernetes.csr;

import java.io.IOException;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** Makes certification requests, honest and otherwise. */
final class Pkcs10Forge {
    private Pkcs10Forge() {}

    static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static KeyPair other(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (bits > 0) {
                generator.initialize(bits);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static X500Name subject(String organization, String commonName) {
        return new X500NameBuilder()
                .addRDN(BCStyle.O, organization)
                .addRDN(BCStyle.CN, commonName)
                .build();
    }

    static X500Name inOneName(String organization, String commonName) {
        return new X500NameBuilder()
                .addMultiValuedRDN(
                        new ASN1ObjectIdentifier[] {BCStyle.O, BCStyle.CN}, new String[] {organization, commonName})
                .build();
    }

    static X500Name twoGroupsInOneName(String group, String other, String commonName) {
        return new X500NameBuilder()
                .addMultiValuedRDN(new ASN1ObjectIdentifier[] {BCStyle.O, BCStyle.O}, new String[] {group, other})
                .addRDN(BCStyle.CN, commonName)
                .build();
    }

    static X500Name of(Object... typesAndValues) {
        X500NameBuilder name = new X500NameBuilder();
        for (int i = 0; i < typesAndValues.length; i += 2) {
            name.addRDN((ASN1ObjectIdentifier) typesAndValues[i], (ASN1Encodable) typesAndValues[i + 1]);
        }
        return name.build();
    }

    static ASN1Encodable printable(String text) {
        return new DERPrintableString(text);
    }

    static ASN1Encodable utf8(String text) {
        return new DERUTF8String(text);
    }

    static ASN1Encodable bmp(String text) {
        return new DERBMPString(text);
    }

    static PKCS10CertificationRequest signed(X500Name subject, KeyPair key, String algorithm) {
        return signed(new JcaPKCS10CertificationRequestBuilder(subject, key.getPublic()), key, algorithm);
    }

    static PKCS10CertificationRequest signed(PKCS10CertificationRequestBuilder request, KeyPair key, String algorithm) {
        try {
            return request.build(new JcaContentSignerBuilder(algorithm).build(key.getPrivate()));
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    static PKCS10CertificationRequest withName(X500Name subject, KeyPair key, GeneralName alternative) {
        return withExtension(subject, key, Extension.subjectAlternativeName, new GeneralNames(alternative));
    }

    static PKCS10CertificationRequest withNames(
            X500Name subject, KeyPair key, String algorithm, GeneralName... alternatives) {
        return withExtensions(
                subject, key, algorithm, extension(Extension.subjectAlternativeName, new GeneralNames(alternatives)));
    }

    static Extension extension(ASN1ObjectIdentifier type, ASN1Encodable value) {
        return new Extension(type, false, der(value));
    }

    static PKCS10CertificationRequest withExtensions(
            X500Name subject, KeyPair key, String algorithm, Extension... extensions) {
        return signed(
                new JcaPKCS10CertificationRequestBuilder(subject, key.getPublic())
                        .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new DERSequence(extensions)),
                key,
                algorithm);
    }

    static PKCS10CertificationRequest asAuthority(X500Name subject, KeyPair key) {
        return withExtension(subject, key, Extension.basicConstraints, new BasicConstraints(true));
    }

    static PKCS10CertificationRequest withPassword(X500Name subject, KeyPair key) {
        return withAttribute(subject, key, PKCSObjectIdentifiers.pkcs_9_at_challengePassword, utf8("x"));
    }

    static PKCS10CertificationRequest withAttribute(
            X500Name subject, KeyPair key, ASN1ObjectIdentifier type, ASN1Encodable value) {
        return signed(
                new JcaPKCS10CertificationRequestBuilder(subject, key.getPublic()).addAttribute(type, value),
                key,
                "SHA256withECDSA");
    }

    static PKCS10CertificationRequest withExtension(
            X500Name subject, KeyPair key, ASN1ObjectIdentifier type, ASN1Encodable value) {
        try {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(type, false, value);
            return withAttribute(subject, key, PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A request whose parts need not fit together, in DER. */
    static byte[] forged(
            int version,
            X500Name subject,
            SubjectPublicKeyInfo key,
            AlgorithmIdentifier algorithm,
            UnaryOperator<byte[]> signature) {
        ASN1Encodable info = new DERSequence(
                new ASN1Encodable[] {new ASN1Integer(version), subject, key, new DERTaggedObject(false, 0, new DERSet())
                });
        return der(
                new DERSequence(new ASN1Encodable[] {info, algorithm, new DERBitString(signature.apply(der(info)))}));
    }

    /** A request that is honest but for its version. */
    static byte[] ofVersion(int version, X500Name subject, KeyPair key) {
        return forged(
                version,
                subject,
                SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()),
                new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256),
                info -> signature(info, key));
    }

    private static byte[] signature(byte[] bytes, KeyPair key) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key.getPrivate());
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] der(ASN1Encodable value) {
        try {
            return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] der(PKCS10CertificationRequest request) {
        try {
            return request.getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static String pem(PKCS10CertificationRequest request) {
        return pem("CERTIFICATE REQUEST", der(request));
    }

    static String pem(String type, byte[] der) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString().replace("\r\n", "\n");
    }
}
