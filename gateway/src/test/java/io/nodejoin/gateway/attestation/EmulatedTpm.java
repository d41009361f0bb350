package io.nodejoin.gateway.attestation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.nodejoin.protocol.agent.Attestation;
import io.nodejoin.protocol.agent.AttestationChallenge;
import io.nodejoin.protocol.agent.AttestationRequest;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/** TPM2_ActivateCredential with an endorsement key in memory. */
public final class EmulatedTpm {
    public static final String NAME = "000bca77a6f117a5eefa4286f8ec23305c3877fe33c4c80b7b52b7adc3cfedd32277";
    private static final OAEPParameterSpec OAEP = new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, new PSource.PSpecified("IDENTITY\0".getBytes(US_ASCII)));

    private final KeyPair endorsementKey;

    public EmulatedTpm() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2_048);
            endorsementKey = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Base64 of the SubjectPublicKeyInfo. */
    public String endorsementKey() {
        return Base64.getEncoder().encodeToString(endorsementKey.getPublic().getEncoded());
    }

    /** The request of an agent for a challenge. */
    public AttestationRequest request(EnrollmentRequest enrollment) {
        return new AttestationRequest(
                enrollment.cluster(), enrollment.node(), enrollment.publicKey(), endorsementKey(), NAME);
    }

    /** What an agent with this TPM shows for its enrollment. */
    public Attestation solve(AttestationChallenge challenge, EnrollmentRequest enrollment) {
        byte[] secret = activate(challenge.credentialBlob(), challenge.encryptedSecret());
        byte[] mac = hmac(
                secret,
                Attestation.macInput(
                        enrollment.cluster(), enrollment.node(), enrollment.secret(), enrollment.publicKey()));
        return new Attestation(
                endorsementKey(),
                NAME,
                challenge.expiresAt(),
                Base64.getEncoder().encodeToString(mac));
    }

    /** Decrypts a credential; throws IllegalArgumentException if it is another TPM's, or for another name. */
    byte[] activate(String credentialBlob, String encryptedSecret) {
        Base64.Decoder base64 = Base64.getDecoder();
        byte[] seed = seed(base64.decode(encryptedSecret));
        ByteBuffer blob = ByteBuffer.wrap(base64.decode(credentialBlob)).position(2);
        byte[] integrity = sized(blob);
        byte[] identity = new byte[blob.remaining()];
        blob.get(identity);
        byte[] name = HexFormat.of().parseHex(NAME);
        byte[] integrityKey = kdfa(seed, "INTEGRITY", new byte[0], 256);
        if (!MessageDigest.isEqual(
                integrity,
                hmac(
                        integrityKey,
                        ByteBuffer.allocate(identity.length + name.length)
                                .put(identity)
                                .put(name)
                                .array()))) {
            throw new IllegalArgumentException("integrity");
        }
        try {
            Cipher aes = Cipher.getInstance("AES/CFB/NoPadding");
            byte[] key = Arrays.copyOf(kdfa(seed, "STORAGE", name, 128), 16);
            aes.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
            return sized(ByteBuffer.wrap(aes.doFinal(identity)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] seed(byte[] encryptedSecret) {
        try {
            Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
            rsa.init(Cipher.DECRYPT_MODE, endorsementKey.getPrivate(), OAEP);
            return rsa.doFinal(sized(ByteBuffer.wrap(encryptedSecret)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("another endorsement key", e);
        }
    }

    private static byte[] kdfa(byte[] key, String label, byte[] context, int bits) {
        byte[] text = (label + "\0").getBytes(US_ASCII);
        return hmac(
                key,
                ByteBuffer.allocate(4 + text.length + context.length + 4)
                        .putInt(1)
                        .put(text)
                        .put(context)
                        .putInt(bits)
                        .array());
    }

    private static byte[] sized(ByteBuffer from) {
        byte[] content = new byte[from.getShort()];
        from.get(content);
        return content;
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
