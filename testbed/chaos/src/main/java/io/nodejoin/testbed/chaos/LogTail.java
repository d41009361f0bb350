package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.process.SupervisedProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The part of a process's log that is written after this object's creation, across restarts. */
final class LogTail {
    private final Path log;
    private final long begin;

    /** From now on. */
    LogTail(SupervisedProcess process) {
        this.log = process.log();
        this.begin = log.toFile().length();
    }

    /** Returns the number of matches so far. */
    long count(Pattern pattern) {
        try (InputStream written = Files.newInputStream(log)) {
            written.skipNBytes(begin);
            return pattern.matcher(new String(written.readAllBytes(), StandardCharsets.UTF_8))
                    .results()
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
    }
}
