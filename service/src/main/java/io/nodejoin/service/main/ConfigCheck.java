package io.nodejoin.service.main;

import io.nodejoin.cli.ExitCodes;
import io.nodejoin.cli.Terminal;
import io.nodejoin.client.temporal.PayloadProtection;
import io.nodejoin.client.temporal.TemporalCredentials;
import io.nodejoin.client.temporal.TemporalEndpoint;
import io.nodejoin.protocol.Problem;
import io.nodejoin.service.access.DashboardAccess;
import io.nodejoin.service.config.ConfiguredFiles;
import io.nodejoin.service.config.ServiceConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/** Checks a configuration as far as it can be checked without the systems that it names. */
final class ConfigCheck {
    private ConfigCheck() {}

    /** Returns the exit code. */
    static int run(Terminal terminal, Path file, ServiceConfig settings) {
        List<String> problems = problems(settings);
        if (problems.isEmpty()) {
            terminal.data(file + " can be used");
            return ExitCodes.OK;
        }
        problems.forEach(problem -> terminal.progress("nodejoin: " + file + ": " + problem));
        return ExitCodes.USAGE;
    }

    /** Files that are there may still not fit each other. */
    private static List<String> problems(ServiceConfig settings) {
        List<String> missing = ConfiguredFiles.problems(settings);
        if (!missing.isEmpty()) {
            return missing;
        }
        return Stream.concat(
                        new TemporalCredentials(TemporalEndpoint.of(settings.temporal()))
                                        .reload()
                                        .or(PayloadProtection.of(
                                                settings.temporal().payloads())::problem)
                                        .stream()
                                        .map(Problem::toLine),
                        DashboardAccess.fileProblem(settings, Clock.systemUTC()).stream())
                .toList();
    }
}
