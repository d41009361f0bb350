package io.nodejoin.gateway.agentca;

import java.security.cert.X509Certificate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An agent that has shown its certificate.
 *
 * @param identity whom the certificate names
 * @param address where the call comes from
 * @param instance the process that says so itself, or null if it does not
 */
public record AuthenticatedAgent(
        AgentIdentity identity,
        X509Certificate certificate,
        String address,
        @Nullable UUID instance) {}
