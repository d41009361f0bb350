package io.nodejoin.testbed.full;

import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.CommandResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The git repository that parts are run from. */
record WorkingCopy(Path root) {
    static final String RESULTS = "docs/results";

    /** Results and what is made from them: they change no check, and may be committed while parts are left to run. */
    private static final List<String> ALL_BUT_RESULTS =
            List.of("--", ".", ":!" + RESULTS, ":!docs/reliability.md", ":!docs/performance.md");

    private static final Duration LONG = Duration.ofMinutes(5);

    /** Whether there are changes that are not committed. */
    boolean isDirty() {
        return !git(root, "status", ALL_BUT_RESULTS, "--porcelain").isEmpty();
    }

    /** The last commit that has changed more than results. */
    String commit() {
        return git(root, "log", ALL_BUT_RESULTS, "-1", "--format=%H");
    }

    /** Makes this directory a clone with the last commit checked out. What was built there of the same commit stays. */
    void cloneTo(Path clone) {
        String head = git(root, "rev-parse", List.of(), "HEAD");
        if (!Files.isDirectory(clone.resolve(".git"))) {
            git(root, "clone", List.of(clone.toString()), "--quiet", "--no-checkout", root.toString());
        }
        git(clone, "fetch", List.of("HEAD"), "--quiet", root.toString());
        boolean isOther = !git(clone, "rev-parse", List.of(), "HEAD").equals(head);
        git(clone, "checkout", List.of(head), "--quiet", "--force", "--detach");
        if (isOther) {
            git(clone, "clean", List.of(), "--quiet", "--force", "-d", "-x");
        }
    }

    private static String git(Path directory, String verb, List<String> last, String... options) {
        List<String> arguments = new ArrayList<>(List.of("git", verb));
        arguments.addAll(List.of(options));
        arguments.addAll(last);
        CommandResult result =
                Command.of(arguments).inDirectory(directory).withTimeout(LONG).run();
        return result.orFail().output().strip();
    }
}
