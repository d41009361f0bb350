package io.nodejoin.protocol.agent;

import java.util.UUID;

/**
 * {@code POST /v1/certificates}: an agent renews the client certificate with which it authenticates. Identity and key
 * stay the same. The response is that of an enrollment.
 *
 * @param instance the requesting agent process, as in its {@link PollRequest}
 */
public record RenewalRequest(UUID instance) {}
