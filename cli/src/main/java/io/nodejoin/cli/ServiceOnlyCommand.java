package io.nodejoin.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** A command of the service's program, named to a client. */
@Command(hidden = true)
final class ServiceOnlyCommand implements Callable<Integer> {
    private final String name;
    private final Terminal terminal;

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    ServiceOnlyCommand(String name, Terminal terminal) {
        this.name = name;
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.progress("nodejoin: this is the client; " + name
                + " is a command of the service: run nodejoin "
                + String.join(" ", name, String.join(" ", arguments)).strip()
                + " with the service's image, or ./nodejoin in the repository");
        return ExitCodes.USAGE;
    }
}
