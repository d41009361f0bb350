package io.nodejoin.protocol.agent;

import java.time.Instant;

/**
 * Status 200: a challenge for a TPM, by TPM 2.0 Library Part 1, section 24 (credential protection).
 *
 * @param credentialBlob base64 of a TPM2B_ID_OBJECT, which contains a secret
 * @param encryptedSecret base64 of a TPM2B_ENCRYPTED_SECRET, to the endorsement key
 * @param expiresAt until when an enrollment may show the solution; part of the solution
 */
public record AttestationChallenge(String credentialBlob, String encryptedSecret, Instant expiresAt) {}
