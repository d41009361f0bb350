package io.nodejoin.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.nodejoin.agent.host.HostFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What the agent leaves behind once its join has succeeded: the file by which Cluster API knows a machine that has joined,
 * and a mark of its own, so that it has nothing to do until the machine gets another enrollment.
 *
 * @param resident whether the agent goes on after its join
 * @param state the agent's own files
 */
record Farewell(boolean resident, HostFiles host, HostFiles state, Path enrollmentSecretFile) {
    private static final String SENTINEL_DIRECTORY = "/run/cluster-api";
    private static final String SENTINEL = SENTINEL_DIRECTORY + "/bootstrap-success.complete";
    private static final String MARK = "/joined";
    private static final String NONE = "none";

    /** Leaves both files and returns whether the agent is to end. A second call leaves the same files. */
    boolean say() {
        host.makeDirectory(SENTINEL_DIRECTORY, 0755);
        host.write(SENTINEL, "success".getBytes(US_ASCII), 0644);
        state.write(MARK, enrollment().getBytes(US_ASCII), 0600);
        return !resident;
    }

    /** Whether the agent has joined by this enrollment already and has no reason to start. */
    boolean isSaid() {
        return !resident
                && state.read(MARK)
                        .map(mark -> new String(mark, US_ASCII))
                        .filter(mark -> enrollment().equals(NONE) || mark.equals(enrollment()))
                        .isPresent();
    }

    /** Lets the next start go on by the enrollment that has been spent. A second call does nothing. */
    static void forget(HostFiles state) {
        state.remove(MARK);
    }

    /** A secret that is written anew is another enrollment, if only that of a machine which is to join again. */
    private String enrollment() {
        try {
            return Files.getLastModifiedTime(enrollmentSecretFile).toString();
        } catch (NoSuchFileException _) {
            // Whoever deletes a secret that is spent leaves nothing to join by.
            return NONE;
        } catch (IOException e) {
            throw new UncheckedIOException("enrollmentSecretFile " + enrollmentSecretFile + " cannot be read", e);
        }
    }
}
