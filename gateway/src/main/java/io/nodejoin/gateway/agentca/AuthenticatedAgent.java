package io.nodejoin.gateway.agentca;

import java.security.cert.X509Certificate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An agent that has authenticated with its client certificate.
 *
 * @param identity the identity in the certificate
 * @param address the client's address
 * @param instance the agent process, as the request names it, or null if it does not
 */
public record AuthenticatedAgent(
        AgentIdentity identity,
        X509Certificate certificate,
        String address,
        @Nullable UUID instance) {}
