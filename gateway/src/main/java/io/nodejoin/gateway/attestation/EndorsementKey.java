package io.nodejoin.gateway.attestation;

import io.nodejoin.protocol.Sha256;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * The public part of a TPM's endorsement key, RSA 2048 with SHA-256 and AES-128: template L-1 of the TCG EK Credential
 * Profile. Whether a TPM has it is not known before a challenge is solved.
 */
record EndorsementKey(RSAPublicKey key) {
    private static final int BITS = 2_048;
    private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);

    /** Parses the key; empty if the text is not base64 of such a key's only DER form. */
    static Optional<EndorsementKey> parse(String base64) {
        try {
            byte[] der = Base64.getDecoder().decode(base64);
            return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der)) instanceof RSAPublicKey key
                            && key.getModulus().bitLength() == BITS
                            && key.getPublicExponent().equals(EXPONENT)
                            && Arrays.equals(key.getEncoded(), der)
                    ? Optional.of(new EndorsementKey(key))
                    : Optional.empty();
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** Returns {@code sha256:} and the digest of the SubjectPublicKeyInfo, as a request names it. */
    String digest() {
        return "sha256:" + Sha256.hex(key.getEncoded());
    }
}
