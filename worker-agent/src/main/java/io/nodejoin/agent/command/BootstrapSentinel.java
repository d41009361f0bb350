package io.nodejoin.agent.command;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.protocol.Problem;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * How the machine's bootstrap went, in files for whoever looks at the machine alone: Cluster API's sentinel file after a
 * success, and until then the latest problem of a command. They are gone with the next boot.
 */
public final class BootstrapSentinel {
    private static final Logger LOG = System.getLogger(BootstrapSentinel.class.getName());
    private static final String DIRECTORY = "/run/cluster-api";
    private static final String SUCCESS = DIRECTORY + "/bootstrap-success.complete";
    private static final String ERROR = DIRECTORY + "/bootstrap-error.log";

    private final HostFiles host;

    public BootstrapSentinel(HostFiles host) {
        this.host = host;
    }

    /** Writes the sentinel file and deletes the problem. Idempotent. */
    public void succeeded() {
        host.createDirectory(DIRECTORY, 0755);
        host.write(SUCCESS, "success".getBytes(US_ASCII), 0644);
        host.delete(ERROR);
    }

    /** Writes the problem, in place of an earlier one. A host that takes no file loses only this word of it. */
    void failed(Problem problem) {
        try {
            host.createDirectory(DIRECTORY, 0755);
            host.write(ERROR, (problem.toLine() + "\n").getBytes(UTF_8), 0644);
        } catch (HostException e) {
            LOG.log(
                    Level.WARNING,
                    "{0} cannot be written: {1}",
                    ERROR,
                    e.problem().toLine());
        }
    }
}
