package io.nodejoin.protocol.agent;

import java.util.UUID;

/**
 * {@code POST /v1/certificates}: an agent asks for another certificate for the one that it shows. Identity and key stay
 * the same, so there is nothing to choose. Answered like an enrollment.
 *
 * @param instance the agent process that asks, as in its {@link PollRequest}
 */
public record RenewalRequest(UUID instance) {}
