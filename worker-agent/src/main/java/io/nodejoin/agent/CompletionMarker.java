package io.nodejoin.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.nodejoin.agent.gateway.AgentIdentity;
import io.nodejoin.agent.gateway.EnrollmentSecret;
import io.nodejoin.agent.host.HostFiles;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What the agent leaves behind once its join has succeeded: the file by which Cluster API knows a machine that has joined,
 * and a mark of its own, so that it has nothing to do until the machine gets another enrollment.
 *
 * @param resident whether the agent goes on after its join
 * @param state the agent's own files
 */
record CompletionMarker(boolean resident, HostFiles host, HostFiles state, EnrollmentSecret secret) {
    private static final String SENTINEL_DIRECTORY = "/run/cluster-api";
    private static final String SENTINEL_FILE = SENTINEL_DIRECTORY + "/bootstrap-success.complete";
    private static final String MARKER_FILE = "/joined";

    /**
     * Leaves both files and returns whether the agent is to end: not if the machine has got another enrollment meanwhile. A
     * second call leaves the same files.
     */
    boolean write() {
        host.createDirectory(SENTINEL_DIRECTORY, 0755);
        host.write(SENTINEL_FILE, "success".getBytes(US_ASCII), 0644);
        String spent = AgentIdentity.readEnrollment(state).orElseGet(() -> readSecretFile(secret::modificationStamp));
        state.write(MARKER_FILE, spent.getBytes(US_ASCII), 0600);
        return !resident && readSecretFile(() -> secret.isUsedUp(spent));
    }

    /** Whether the agent has joined by this enrollment already and has no reason to start. */
    boolean isWritten() {
        return !resident
                && state.read(MARKER_FILE)
                        .map(mark -> new String(mark, US_ASCII))
                        .filter(mark -> readSecretFile(() -> secret.isUsedUp(mark)))
                        .isPresent();
    }

    /** Lets the next start go on by the enrollment that has been spent. A second call does nothing. */
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
