package io.nodejoin.agent.key;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A P-256 key in a file of the agent's state directory that only its owner can read.
 *
 * @param state the files in the state directory
 * @param path the file, below the state directory
 */
public record KeyFile(HostFiles state, String path) {
    private static final int OWNER_ONLY = 0600;

    /**
     * Returns the key, which is generated and stored if there is none.
     *
     * @throws HostException if the file cannot be written, or contains no key
     */
    public KeyPair loadOrGenerate() {
        return load().orElseGet(this::generate);
    }

    /**
     * Returns the stored key.
     *
     * @throws HostException if the file contains no key
     */
    public Optional<KeyPair> load() {
        return state.read(path).map(stored -> decode(new String(stored, StandardCharsets.US_ASCII)));
    }

    /** Erases the key, and what a write that was killed has left of it. Idempotent. */
    public void erase() {
        state.deleteTemporary(path);
        if (state.metadata(path).isPresent()) {
            state.delete(path);
            state.syncDirectory("/");
        }
    }

    private KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair key = generator.generateKeyPair();
            state.write(path, encode(key).getBytes(StandardCharsets.US_ASCII), OWNER_ONLY);
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform generates P-256 keys", e);
        }
    }

    /** PKCS #8 and SubjectPublicKeyInfo, one base64 line each: the JDK cannot derive one from the other. */
    private static String encode(KeyPair key) {
        Base64.Encoder base64 = Base64.getEncoder();
        return base64.encodeToString(key.getPrivate().getEncoded()) + "\n"
                + base64.encodeToString(key.getPublic().getEncoded()) + "\n";
    }

    private KeyPair decode(String text) {
        try {
            List<byte[]> parts = text.lines().map(Base64.getDecoder()::decode).toList();
            if (parts.size() != 2) {
                throw unreadable();
            }
            KeyFactory factory = KeyFactory.getInstance("EC");
            PublicKey publicKey = factory.generatePublic(new X509EncodedKeySpec(parts.getLast()));
            return new KeyPair(publicKey, factory.generatePrivate(new PKCS8EncodedKeySpec(parts.getFirst())));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unreadable();
        }
    }

    private HostException unreadable() {
        return new HostException(
                ErrorCode.HOST_COMMAND_FAILED,
                path.substring(1) + " in the agent's state directory contains no key: delete it");
    }
}
