package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.process.SupervisedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The processor time that a process has used, as the kernel reports it. */
final class ProcessTime {
    private static final Pattern SPACE = Pattern.compile(" ");
    private static final int USER = 11;
    private static final int SYSTEM = 12;
    /** Linux shows times of processes in hundredths of a second, whatever its own clock. */
    private static final double TICKS_PER_SECOND = 100;

    private ProcessTime() {}

    /** Seconds since its start, in user mode and in the kernel. */
    static double of(SupervisedProcess process) {
        long pid = process.identity().orElseThrow().pid();
        try {
            return parse(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
        } catch (IOException e) {
            throw new UncheckedIOException(process.name() + " cannot be looked at", e);
        }
    }

    /** Parses {@code /proc/PID/stat}, whose second field, in parentheses, may contain spaces. */
    static double parse(String stat) {
        List<String> fields =
                SPACE.splitAsStream(stat.substring(stat.lastIndexOf(')') + 2)).toList();
        return (Long.parseLong(fields.get(USER)) + Long.parseLong(fields.get(SYSTEM))) / TICKS_PER_SECOND;
    }
}
