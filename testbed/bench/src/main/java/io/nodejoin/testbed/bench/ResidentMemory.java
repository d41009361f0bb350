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
    private static final Pattern RSS = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private ResidentMemory() {}

    /** Megabytes of a process of this machine. */
    public static double ofProcess(long pid) {
        try {
            return megabytes(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid + " cannot be looked at", e);
        }
    }

    /** Megabytes of the worker-agent of a host. */
    static double ofAgent(Host host) {
        String pid = host.unitProperty("nodejoin-agent.service", "MainPID");
        return megabytes(host.run("cat", "/proc/" + pid + "/status").orFail().output());
    }

    private static double megabytes(String status) {
        Matcher matcher = RSS.matcher(status);
        if (!matcher.find()) {
            throw new IllegalStateException("no VmRSS in the status of a process");
        }
        return Long.parseLong(matcher.group(1)) / 1024.0;
    }
}
