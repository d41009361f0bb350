package io.nodejoin.agent.key;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.protocol.Sha256;
import java.security.KeyPair;
import java.util.Optional;

/**
 * The key that the agent prepares for the kubelet's client certificate. It exists from the preparation of a host to the
 * end of the kubelet's start, or to a reset.
 */
public final class KubeletKey {
    private static final String FILE = "/kubelet.key";

    private final KeyFile file;

    /** @param state the files in the state directory */
    public KubeletKey(HostFiles state) {
        this.file = new KeyFile(state, FILE);
    }

    /**
     * Creates the key, unless it exists, and returns its digest. Idempotent.
     *
     * @throws HostException if it cannot be stored, or the file contains something else
     */
    public String prepare() {
        return digest(file.loadOrGenerate());
    }

    /** Returns the prepared key. */
    public Optional<KeyPair> load() {
        return file.load();
    }

    /** Returns the lower-case hex SHA-256 of the SubjectPublicKeyInfo of the prepared key. */
    public Optional<String> digest() {
        return load().map(KubeletKey::digest);
    }

    /** Erases the prepared key. Idempotent. */
    public void erase() {
        file.erase();
    }

    private static String digest(KeyPair key) {
        return Sha256.hex(key.getPublic().getEncoded());
    }
}
