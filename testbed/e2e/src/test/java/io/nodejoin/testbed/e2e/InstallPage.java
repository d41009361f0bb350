package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The commands of docs/install.md: those in blocks marked sh are run as they stand there. */
final class InstallPage {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```");
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final String page;
    private final Path directory;
    private final Map<String, String> variables;

    /**
     * @param directory an empty one, which serves as the reader's working copy
     * @param programs the programs that the reader has
     * @param variables what the reader sets
     */
    InstallPage(Path directory, Map<String, Path> programs, Map<String, String> variables) throws IOException {
        Path root = SourceTree.locate().root();
        this.page = Files.readString(root.resolve("docs/install.md"));
        this.directory = directory;
        this.variables = variables;
        Files.createSymbolicLink(directory.resolve("nodejoin"), root.resolve("nodejoin"));
        Files.createSymbolicLink(directory.resolve("deploy"), root.resolve("deploy"));
        Path bin = Files.createDirectory(directory.resolve("bin"));
        for (Map.Entry<String, Path> program : programs.entrySet()) {
            Files.createSymbolicLink(bin.resolve(program.getKey()), program.getValue());
        }
    }

    /** Runs the commands below this heading. */
    CommandResult follow(String heading) {
        int begin = page.indexOf("\n## " + heading + "\n");
        int end = page.indexOf("\n## ", begin + 1);
        Matcher block = BLOCK.matcher(page).region(Math.max(begin, 0), end < 0 ? page.length() : end);
        StringBuilder script = new StringBuilder();
        while (block.find()) {
            script.append(block.group(1));
        }
        if (begin < 0 || script.isEmpty()) {
            throw new IllegalStateException("docs/install.md has no commands below '" + heading + "'");
        }
        long start = System.nanoTime();
        CommandResult result = run(script.toString());
        System.err.printf("install.md, %s: %.1f s%n", heading, (System.nanoTime() - start) / 1e9);
        return result;
    }

    /** Runs a command as the reader would. */
    CommandResult run(String script) {
        Command command = Command.of("bash", "-euo", "pipefail", "-c", "export PATH=$PWD/bin:$PATH\n" + script)
                .inDirectory(directory)
                .withTimeout(TIMEOUT);
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            command = command.withVariable(variable.getKey(), variable.getValue());
        }
        return command.run().orFail();
    }
}
