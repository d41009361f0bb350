package io.nodejoin.activities.pem;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A private key and its certificate chain.
 *
 * @param certificates the first one belongs to the key
 */
public record CertifiedKey(PrivateKey key, List<X509Certificate> certificates) {

    /**
     * Reads both files. Throws {@link IllegalArgumentException} that names the file that cannot be read, or does not
     * match the other one.
     */
    public static CertifiedKey read(Path certificateFile, Path keyFile) {
        CertifiedKey read = new CertifiedKey(PemFiles.privateKey(keyFile), PemFiles.certificates(certificateFile));
        if (!matches(read.key(), read.certificate().getPublicKey())) {
            throw new IllegalArgumentException(
                    keyFile + " is not the key of the first certificate in " + certificateFile);
        }
        return read;
    }

    /** Returns the key's certificate. */
    public X509Certificate certificate() {
        return certificates.getFirst();
    }

    @Override
    public String toString() {
        return "CertifiedKey[<redacted>]";
    }

    private static boolean matches(PrivateKey key, PublicKey publicKey) {
        byte[] probe = {1};
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            case String other -> other;
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(probe);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }
}
