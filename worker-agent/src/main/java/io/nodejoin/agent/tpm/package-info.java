/** The TPM of the host, which proves which machine it is. */
@NullMarked
package io.nodejoin.agent.tpm;

import org.jspecify.annotations.NullMarked;
