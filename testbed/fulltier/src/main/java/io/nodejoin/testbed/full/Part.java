package io.nodejoin.testbed.full;

import java.util.List;
import java.util.Optional;

/**
 * One long check: a command that is run in a clone of the last commit.
 *
 * @param what it does, for people
 * @param command with {@link #SEED}, {@link #JSON} and {@link #DIRECTORY} in it
 */
record Part(String name, String what, List<String> command, List<Need> needs, Evidence evidence) {
    /** Stands for the seed of the run. */
    static final String SEED = "{seed}";

    /** Stands for the file that the command writes its figures to. */
    static final String JSON = "{json}";

    /** Stands for a directory that is not there before, and deleted after. */
    static final String DIRECTORY = "{directory}";

    Part {
        command = List.copyOf(command);
        needs = List.copyOf(needs);
    }

    /** Why it cannot run on this machine. */
    Optional<String> obstacle() {
        return needs.stream().map(Need::missing).flatMap(Optional::stream).findFirst();
    }

    boolean usesSeed() {
        return command.stream().anyMatch(argument -> argument.contains(SEED));
    }
}
