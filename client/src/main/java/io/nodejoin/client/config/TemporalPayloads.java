package io.nodejoin.client.config;

import java.nio.file.Path;

/**
 * The section {@code temporal.payloads}: what Temporal stores is encrypted.
 *
 * @param keysFile a JWK set of AES-256 keys; the first encrypts, all decrypt. It is read again when it changes
 * @param unencrypted whether data from Temporal that is not encrypted is used
 * @param codecServer whether the dashboard decrypts for Temporal's UI and command line
 */
public record TemporalPayloads(Path keysFile, UnencryptedPayloads unencrypted, Boolean codecServer) {
    public TemporalPayloads {
        keysFile = Check.required(keysFile, "temporal.payloads.keysFile");
        unencrypted = Check.orDefault(unencrypted, UnencryptedPayloads.REFUSE);
        codecServer = Check.orDefault(codecServer, false);
    }
}
