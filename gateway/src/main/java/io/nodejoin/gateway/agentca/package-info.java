/** The agent CA, the certificates it issues, and TLS with them. */
@NullMarked
package io.nodejoin.gateway.agentca;

import org.jspecify.annotations.NullMarked;
