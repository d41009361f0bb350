package io.nodejoin.workflows.csr;

import java.time.Instant;

/**
 * The request for a serving certificate with exactly these SANs.
 *
 * @param deadline when the wait ends
 */
public record ServingCertificateRequest(AllowedServingSans sans, Instant deadline) {}
