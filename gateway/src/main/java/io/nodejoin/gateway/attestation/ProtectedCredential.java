package io.nodejoin.gateway.attestation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.KDFCounterBytesGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KDFCounterParameters;

/**
 * What TPM2_MakeCredential computes, without a TPM: TPM 2.0 Library Part 1, section 24 (credential protection) and annex B.10
 * (RSA secret sharing). Only the TPM that has the endorsement key, and a key of the given name, recovers the secret.
 *
 * @param credentialBlob base64 of a TPM2B_ID_OBJECT
 * @param encryptedSecret base64 of a TPM2B_ENCRYPTED_SECRET
 */
record ProtectedCredential(String credentialBlob, String encryptedSecret) {
    /** The seed has the size of a digest of the endorsement key's algorithm for names. */
    static final int SEED_BYTES = 32;

    private static final int DIGEST_BYTES = 32;
    private static final int AES_BYTES = 16;
    private static final int COUNTER_BITS = 32;
    private static final OAEPParameterSpec OAEP = new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, new PSource.PSpecified(label("IDENTITY")));

    /**
     * Protects a secret.
     *
     * @param name the TPM's name of the key that the TPM must have loaded
     * @param secret of at most 32 bytes
     * @param seed {@value #SEED_BYTES} random bytes, of this call only
     */
    static ProtectedCredential of(EndorsementKey endorsementKey, byte[] name, byte[] secret, byte[] seed) {
        try {
            Cipher aes = Cipher.getInstance("AES/CFB/NoPadding");
            aes.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(kdfa(seed, "STORAGE", name, AES_BYTES), "AES"),
                    new IvParameterSpec(new byte[AES_BYTES]));
            byte[] identity = aes.doFinal(sized(secret));
            Mac integrity = Mac.getInstance("HmacSHA256");
            integrity.init(new SecretKeySpec(kdfa(seed, "INTEGRITY", new byte[0], DIGEST_BYTES), "HmacSHA256"));
            integrity.update(identity);
            Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
            rsa.init(Cipher.ENCRYPT_MODE, endorsementKey.key(), OAEP);
            Base64.Encoder base64 = Base64.getEncoder();
            return new ProtectedCredential(
                    base64.encodeToString(sized(concatenate(sized(integrity.doFinal(name)), identity))),
                    base64.encodeToString(sized(rsa.doFinal(seed))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has RSA-OAEP, AES-CFB and HMAC-SHA256", e);
        }
    }

    /** KDFa, with one context: the counter mode of NIST SP 800-108. */
    private static byte[] kdfa(byte[] key, String label, byte[] context, int bytes) {
        ByteBuffer suffix = ByteBuffer.allocate(label(label).length + context.length + Integer.BYTES)
                .put(label(label))
                .put(context)
                .putInt(bytes * Byte.SIZE);
        KDFCounterBytesGenerator generator = new KDFCounterBytesGenerator(new HMac(new SHA256Digest()));
        generator.init(new KDFCounterParameters(key, suffix.array(), COUNTER_BITS));
        byte[] derived = new byte[bytes];
        generator.generateBytes(derived, 0, bytes);
        return derived;
    }

    /** A label of a TPM has its terminating zero. */
    private static byte[] label(String text) {
        return Arrays.copyOf(text.getBytes(US_ASCII), text.length() + 1);
    }

    /** A TPM2B: the size in two bytes, then the content. */
    private static byte[] sized(byte[] content) {
        return ByteBuffer.allocate(Short.BYTES + content.length)
                .putShort((short) content.length)
                .put(content)
                .array();
    }

    private static byte[] concatenate(byte[] one, byte[] other) {
        return ByteBuffer.allocate(one.length + other.length)
                .put(one)
                .put(other)
                .array();
    }
}
