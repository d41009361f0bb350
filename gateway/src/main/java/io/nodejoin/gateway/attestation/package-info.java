/** Proofs by a host's TPM 2.0 that it has the endorsement key which a join names. */
@NullMarked
package io.nodejoin.gateway.attestation;

import org.jspecify.annotations.NullMarked;
