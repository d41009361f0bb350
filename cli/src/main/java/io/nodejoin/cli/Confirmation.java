package io.nodejoin.cli;

import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Option;

/** The option --yes of each command that destroys something, and the question without it. */
final class Confirmation {
    private static final Set<String> YES = Set.of("y", "yes");

    @Option(
            names = {"-y", "--yes"},
            description = "do it without a question")
    private boolean yes;

    /** Returns whether it may be done. Throws if there is nobody to ask. */
    boolean isGiven(Terminal terminal, String question) {
        if (yes) {
            return true;
        }
        UnaryOperator<String> answers = terminal.answers();
        if (answers == null) {
            throw new CliException(
                    ExitCodes.USAGE, question + " There is no terminal to ask: add --yes to do it.", null);
        }
        boolean agreed =
                YES.contains(answers.apply(question + " [y/N] ").strip().toLowerCase(Locale.ROOT));
        if (!agreed) {
            terminal.progress("nothing was done");
        }
        return agreed;
    }
}
