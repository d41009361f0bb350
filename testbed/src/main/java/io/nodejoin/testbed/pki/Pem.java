package io.nodejoin.testbed.pki;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** PEM texts, and files of them that only their owner reads. */
public final class Pem {
    private static final int P256_BITS = 256;

    private Pem() {}

    static String certificate(X509Certificate certificate) {
        try {
            return encode("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException broken) {
            throw new IllegalStateException("a certificate of ours has no encoding", broken);
        }
    }

    static String pkcs8(KeyPair pair) {
        return encode("PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    static String publicKey(KeyPair pair) {
        return encode("PUBLIC KEY", pair.getPublic().getEncoded());
    }

    /** The older form of a P-256 key, with its public half. Kubernetes clients in Java take no other in a kubeconfig. */
    static String sec1(KeyPair pair) {
        if (!(pair.getPrivate() instanceof ECPrivateKey key) || !(pair.getPublic() instanceof ECPublicKey point)) {
            throw new IllegalArgumentException("no EC key");
        }
        DERBitString publicBits = new DERBitString(SubjectPublicKeyInfo.getInstance(point.getEncoded())
                .getPublicKeyData()
                .getBytes());
        try {
            return encode(
                    "EC PRIVATE KEY",
                    new org.bouncycastle.asn1.sec.ECPrivateKey(
                                    P256_BITS, key.getS(), publicBits, X9ObjectIdentifiers.prime256v1)
                            .getEncoded());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /**
     * Writes the text to a temporary file and renames it, mode 0600: a reader sees either the old or the new content.
     */
    public static void writePrivately(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path aside = Files.createTempFile(
                    file.toAbsolutePath().getParent(),
                    file.getFileName() + ".",
                    ".part",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(aside, text, StandardCharsets.UTF_8);
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot write " + file, cannotWrite);
        }
    }

    private static String encode(String type, byte[] content) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, content));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }
}
