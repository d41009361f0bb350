package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.host.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The resident memory of a process, as the kernel reports it. */
public final class ResidentMemory {
    private static final Pattern NOW = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern HIGHEST = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    private ResidentMemory() {}

    /** Megabytes of a process of this machine. */
    public static double ofProcess(long pid) {
        return megabytes(status(pid), NOW);
    }

    /** The most that a process of this machine has ever had, in megabytes. */
    public static double highestOfProcess(long pid) {
        return megabytes(status(pid), HIGHEST);
    }

    private static String status(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "status"));
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid + " cannot be looked at", e);
        }
    }

    /** Megabytes of the worker-agent of a host. */
    static double ofAgent(Host host) {
        String pid = host.unitProperty("nodejoin-agent.service", "MainPID");
        return megabytes(host.run("cat", "/proc/" + pid + "/status").orFail().output(), NOW);
    }

    private static double megabytes(String status, Pattern which) {
        Matcher matcher = which.matcher(status);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + which + " in the status of a process");
        }
        return Long.parseLong(matcher.group(1)) / 1024.0;
    }
}
