package io.nodejoin.agent;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.install.AgentInstaller;
import io.nodejoin.agent.install.PackageFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Copies the package of this agent to the file system of a host that is mounted here: what the installer image runs. */
final class InstallCommand {
    static final String USAGE = "install --root DIRECTORY";

    private static final int FAILED = 1;

    private final Path source;
    private final String version;
    private final PrintStream out;
    private final PrintStream err;

    /**
     * Creates the command.
     *
     * @param source the root directory below which the package is installed here
     */
    InstallCommand(Path source, String version, PrintStream out, PrintStream err) {
        this.source = source;
        this.version = version;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs the command and returns the exit code: 1 if the host cannot have the package and is as it was.
     *
     * @throws IllegalArgumentException for an invalid option
     */
    int run(List<String> words) {
        Path root = Options.parse(words, Set.of("--root"))
                .find("--root")
                .map(Path::of)
                .orElseThrow(() -> new IllegalArgumentException("install needs --root DIRECTORY"));
        try {
            AgentInstaller.install(new PackageFiles(source, version), root)
                    .lines()
                    .forEach(out::println);
            return 0;
        } catch (IOException e) {
            err.println("nodejoin-agent is not installed: " + e.getMessage());
        } catch (HostException e) {
            err.println("nodejoin-agent is not installed: " + e.problem().toLine());
        }
        return FAILED;
    }
}
