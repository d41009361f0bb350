package io.nodejoin.activities.host;

import java.security.cert.X509Certificate;

/**
 * An agent that has shown its certificate.
 *
 * @param agent whom the certificate names
 * @param address where the call comes from
 */
record Caller(AgentIdentity agent, X509Certificate certificate, String address) {}
