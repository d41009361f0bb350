package io.nodejoin.agent.tpm;

/** A TPM 2.0. Every method may take seconds, and throws HostException with {@code TPM_UNAVAILABLE} if the TPM cannot do it. */
public interface Tpm {

    /**
     * Creates the endorsement key, which is the same each time, and a new attestation key, which replaces the one of an
     * earlier call. Nothing stays in the TPM.
     */
    Keys createKeys();

    /**
     * Decrypts the secret of a credential that was made for the keys of the latest {@link #createKeys}:
     * TPM2_ActivateCredential.
     *
     * @param credentialBlob a TPM2B_ID_OBJECT
     * @param encryptedSecret a TPM2B_ENCRYPTED_SECRET
     */
    byte[] activateCredential(byte[] credentialBlob, byte[] encryptedSecret);

    /**
     * The public parts of keys.
     *
     * @param endorsementKey base64 of the DER SubjectPublicKeyInfo
     * @param attestationKeyName the TPM's name of the attestation key, in lower-case hex
     */
    record Keys(String endorsementKey, String attestationKeyName) {}
}
