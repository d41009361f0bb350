package io.nodejoin.cli;

import io.nodejoin.activities.kubernetes.preparation.StaticPolicies;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code nodejoin cluster static-policies}. */
@Command(
        name = "static-policies",
        header = {
            "Prints the admission policies for a file that API servers read, beyond the reach of the API's users.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} cluster static-policies > nodejoin.yaml",
            ""
        },
        description =
                "For Kubernetes 1.37 or newer. They add to those of 'cluster prepare', and keep these as they are.")
final class StaticPoliciesCommand implements Callable<Integer> {
    private final Terminal terminal;

    StaticPoliciesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.out().print(StaticPolicies.yaml());
        return ExitCodes.OK;
    }
}
