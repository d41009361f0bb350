package io.nodejoin.workflows.csr;

import java.time.Instant;

/**
 * Asks for a serving certificate of exactly this inventory.
 *
 * @param deadline when waiting ends
 */
public record ServingCertificateRequest(AllowedServingSans sans, Instant deadline) {}
