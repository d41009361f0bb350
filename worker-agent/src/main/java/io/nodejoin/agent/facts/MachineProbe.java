package io.nodejoin.agent.facts;

import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.MachineFacts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what a machine says of itself while it waits in a pool. */
public final class MachineProbe {
    private static final String ONLINE_CPUS = "/sys/devices/system/cpu/online";
    private static final String MEMORY = "/proc/meminfo";
    private static final Pattern TOTAL_MEMORY = Pattern.compile("(?m)^MemTotal:\\s+(\\d{1,15}) kB$");
    private static final Pattern CPU_RANGE = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");
    private static final Pattern FILE_SYSTEM = Pattern.compile("\\d+ (\\d{1,9}) (\\d{1,18}) .*\\R?");
    /** In the format of the disk checks. */
    private static final List<String> DISK_SIZE =
            List.of("stat", "--file-system", "--format=%a %S %b %d %c %n", "--", "/var/lib");

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_ADDRESSES = 8;
    private static final long KIBIBYTE = 1024;

    private final HostPorts host;
    private final HostProbe probe;
    private final String javaArchitecture;

    /** @param javaArchitecture the system property {@code os.arch} */
    public MachineProbe(HostPorts host, HostProbe probe, String javaArchitecture) {
        this.host = host;
        this.probe = probe;
        this.javaArchitecture = javaArchitecture;
    }

    /**
     * Returns what the machine says of itself.
     *
     * @throws HostException if its memory cannot be read
     */
    public MachineFacts machineFacts() {
        String uuid = probe.productUuid();
        return new MachineFacts(
                architecture(),
                cpus(),
                memoryBytes(),
                diskBytes(),
                host.network().globalAddresses().stream().limit(MAX_ADDRESSES).toList(),
                uuid.isEmpty() ? null : uuid);
    }

    /** Java names one architecture of Linux otherwise than Kubernetes does. */
    private String architecture() {
        return javaArchitecture.equals("aarch64") ? "arm64" : javaArchitecture;
    }

    /** From the kernel, since Java counts only those that it may use itself. One if the kernel does not tell. */
    private int cpus() {
        return Math.max(
                1,
                Arrays.stream(text(ONLINE_CPUS).strip().split(",", -1))
                        .map(CPU_RANGE::matcher)
                        .filter(Matcher::matches)
                        .mapToInt(MachineProbe::size)
                        .sum());
    }

    private static int size(Matcher range) {
        int first = Integer.parseInt(range.group(1));
        return range.group(2) == null ? 1 : Integer.parseInt(range.group(2)) - first + 1;
    }

    private long memoryBytes() {
        Matcher total = TOTAL_MEMORY.matcher(text(MEMORY));
        if (!total.find()) {
            throw new HostException(ErrorCode.HOST_COMMAND_FAILED, MEMORY + " does not tell the memory of the machine");
        }
        return Long.parseLong(total.group(1)) * KIBIBYTE;
    }

    /** 0 if it is unknown: a join that asks for no disk may still take the machine. */
    private long diskBytes() {
        CommandResult result = host.commands().run(DISK_SIZE, TIMEOUT);
        Matcher size = FILE_SYSTEM.matcher(result.output());
        return result.succeeded() && size.matches() ? Long.parseLong(size.group(1)) * Long.parseLong(size.group(2)) : 0;
    }

    private String text(String path) {
        return host.files()
                .read(path)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
    }
}
