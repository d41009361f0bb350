package io.nodejoin.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code nodejoin version}. */
@Command(
        name = "version",
        header = {"Prints the version.", "", "Examples:", "  ${ROOT-COMMAND-NAME} version", ""})
final class VersionCommand implements Callable<Integer> {
    private final Terminal terminal;

    VersionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.data(version());
        return ExitCodes.OK;
    }

    static String version() {
        return "nodejoin "
                + Objects.requireNonNullElse(VersionCommand.class.getPackage().getImplementationVersion(), "unreleased")
                + " (Java " + Runtime.version() + ")";
    }
}
