package io.nodejoin.cli;

import io.nodejoin.service.config.ConfiguredFiles;
import io.nodejoin.service.config.ServiceConfig;
import java.nio.file.Path;
import java.util.List;

/** Checks a configuration as far as it can be checked without the systems that it names. */
final class ConfigCheck {
    private ConfigCheck() {}

    /** Returns the exit code. */
    static int run(Terminal terminal, Path file, ServiceConfig settings) {
        List<String> problems = ConfiguredFiles.problems(settings);
        if (problems.isEmpty()) {
            terminal.data(file + " can be used");
            return ExitCodes.OK;
        }
        problems.forEach(problem -> terminal.progress("nodejoin: " + file + ": " + problem));
        return ExitCodes.USAGE;
    }
}
