package io.nodejoin.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.nodejoin.agent.command.BootstrapSentinel;
import io.nodejoin.agent.gateway.AgentIdentity;
import io.nodejoin.agent.gateway.EnrollmentSecret;
import io.nodejoin.agent.host.HostFiles;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The files that the agent writes once its join has succeeded: the sentinel file of Cluster API, and a marker of its
 * own by which it has nothing to do until the machine gets another enrollment.
 *
 * @param resident whether the agent keeps running after its join
 * @param state the files in the state directory
 */
record CompletionMarker(boolean resident, BootstrapSentinel sentinel, HostFiles state, EnrollmentSecret secret) {
    private static final String MARKER_FILE = "/joined";

    /**
     * Writes both files. Returns whether the agent is to exit: false if the machine has another enrollment meanwhile.
     * Idempotent.
     */
    boolean write() {
        sentinel.succeeded();
        String spent = AgentIdentity.readEnrollment(state).orElseGet(() -> readSecretFile(secret::modificationStamp));
        state.write(MARKER_FILE, spent.getBytes(US_ASCII), 0600);
        return !resident && readSecretFile(() -> secret.isUsedUp(spent));
    }

    /** Returns whether the agent has already joined with this enrollment and need not start. */
    boolean isWritten() {
        return !resident
                && state.read(MARKER_FILE)
                        .map(mark -> new String(mark, US_ASCII))
                        .filter(mark -> readSecretFile(() -> secret.isUsedUp(mark)))
                        .isPresent();
    }

    /** Deletes the marker, so that the next start uses the spent enrollment. Idempotent. */
    static void delete(HostFiles state) {
        state.delete(MARKER_FILE);
    }

    private <T> T readSecretFile(SecretFileRead<T> question) {
        try {
            return question.answer();
        } catch (IOException e) {
            throw new UncheckedIOException("enrollmentSecretFile " + secret.file() + " cannot be read", e);
        }
    }

    private interface SecretFileRead<T> {
        T answer() throws IOException;
    }
}
