package io.nodejoin.agent.gateway;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.key.KeyFile;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;

/** The agent's key, generated once per host, and the certificate that the gateway has issued for it. */
public final class AgentIdentity {
    private static final String KEY_FILE = "/agent.key";
    private static final String CERTIFICATE_FILE = "/agent.crt";
    private static final String ENROLLMENT_FILE = "/agent.enrollment";
    private static final int OWNER_ONLY = 0600;

    private final HostFiles state;
    private final KeyPair key;

    private AgentIdentity(HostFiles state, KeyPair key) {
        this.state = state;
        this.key = key;
    }

    /**
     * Loads the key from the state directory, or generates it.
     *
     * @param state the files in the state directory
     */
    public static AgentIdentity load(HostFiles state) {
        return new AgentIdentity(state, new KeyFile(state, KEY_FILE).loadOrGenerate());
    }

    /** Returns the key that an earlier run has generated; empty if there was none. */
    public static Optional<AgentIdentity> loadExisting(HostFiles state) {
        return state.read(KEY_FILE).map(_ -> load(state));
    }

    /** Deletes certificate and key, so that the next agent has another identity. Idempotent. */
    static void erase(HostFiles state) {
        state.delete(CERTIFICATE_FILE);
        new KeyFile(state, KEY_FILE).erase();
    }

    /** Returns the base64 of the DER signature of these bytes, ECDSA with SHA-256. */
    String sign(byte[] proof) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key.getPrivate());
            signature.update(proof);
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform signs with P-256", e);
        }
    }

    /** Returns the key that decrypts sealed tokens. */
    public PrivateKey privateKey() {
        return key.getPrivate();
    }

    /** Returns the base64 of the DER SubjectPublicKeyInfo. */
    public String publicKey() {
        return Base64.getEncoder().encodeToString(key.getPublic().getEncoded());
    }

    /** Returns the modification stamp of the secret that the certificate was obtained with; empty if unknown. */
    public static Optional<String> readEnrollment(HostFiles state) {
        return state.read(ENROLLMENT_FILE).map(stamp -> new String(stamp, StandardCharsets.US_ASCII));
    }

    /** Stores the certificate chain of a new enrollment. */
    void saveCertificate(String certificateChain, String enrollment) {
        state.write(ENROLLMENT_FILE, enrollment.getBytes(StandardCharsets.US_ASCII), OWNER_ONLY);
        saveCertificate(certificateChain);
    }

    /** Stores the certificate chain, in PEM, also for the next start. */
    void saveCertificate(String certificateChain) {
        state.write(CERTIFICATE_FILE, certificateChain.getBytes(StandardCharsets.US_ASCII), OWNER_ONLY);
    }

    /** Deletes the certificate, so that the next request enrolls again. Idempotent. */
    void deleteCertificate() {
        state.delete(CERTIFICATE_FILE);
    }

    boolean hasValidCertificate(Instant now) {
        return validChain(now).isPresent();
    }

    /** Returns the stored chain, if it is usable. */
    Optional<List<X509Certificate>> validChain(Instant now) {
        return state.read(CERTIFICATE_FILE)
                .flatMap(pem -> parseValidChain(new String(pem, StandardCharsets.US_ASCII), now));
    }

    /** Returns the chain in this text, if it matches the key and has not expired. */
    Optional<List<X509Certificate>> parseValidChain(String pem, Instant now) {
        try {
            List<X509Certificate> chain = Pem.parseCertificates(pem);
            X509Certificate own = chain.getFirst();
            boolean fits = own.getPublicKey().equals(key.getPublic());
            return fits && CertificateValidity.of(own).isUsable(now) ? Optional.of(chain) : Optional.empty();
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** Returns the key with this chain for TLS. */
    public KeyManager[] keyManagers(List<X509Certificate> chain) {
        return new KeyManager[] {new AgentKeyManager(key.getPrivate(), chain)};
    }
}
