package io.nodejoin.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code nodejoin completion SHELL}. */
@Command(
        name = "completion",
        header = {
            "Prints the completion of commands and options for a shell.",
            "",
            "Examples:",
            "  source <(${ROOT-COMMAND-NAME} completion bash)",
            "  ${ROOT-COMMAND-NAME} completion zsh > ~/.nodejoin-completion; source ~/.nodejoin-completion",
            "  ${ROOT-COMMAND-NAME} completion fish > ~/.config/fish/completions/nodejoin.fish",
            ""
        })
final class CompletionCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    private Shell shell = Shell.bash;

    /** The shells that there is a completion for. */
    enum Shell {
        bash,
        zsh,
        fish
    }

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CommandLine root = spec.root().commandLine();
        terminal.out()
                .print(
                        switch (shell) {
                            // The script of picocli is for both.
                            case bash, zsh -> AutoComplete.bash("nodejoin", root);
                            case fish -> FishCompletion.script("nodejoin", root);
                        });
        return ExitCodes.OK;
    }
}
