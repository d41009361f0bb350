/** The agent CA, the certificates that it issues, and TLS with them. */
@NullMarked
package io.nodejoin.gateway.agentca;

import org.jspecify.annotations.NullMarked;
