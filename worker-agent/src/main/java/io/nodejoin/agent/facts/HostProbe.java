package io.nodejoin.agent.facts;

import io.nodejoin.agent.host.FileMetadata;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.Mount;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.HostFacts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads the state of the host. Reads kernel files directly, since starting one program costs more than all of them
 * together.
 */
public final class HostProbe {
    /** The real path behind {@code /sys/class/dmi/id}, which is a link. */
    private static final String PRODUCT_UUID = "/sys/devices/virtual/dmi/id/product_uuid";

    private static final Duration IPTABLES_TIMEOUT = Duration.ofSeconds(30);
    private static final List<String> OS_RELEASE = List.of("/usr/lib/os-release", "/etc/os-release");

    private final HostFiles files;
    private final HostPorts host;
    private final KubeletBinary kubelet;

    public HostProbe(HostPorts host, KubeletBinary kubelet) {
        this.host = host;
        this.files = host.files();
        this.kubelet = kubelet;
    }

    /** Returns the queried part of the host's state. */
    public HostSnapshot snapshot(HostQueries queries) {
        Map<String, String> contents = new HashMap<>();
        Map<String, Integer> modes = new HashMap<>();
        for (String path : queries.paths().stream().flatMap(this::listMatching).toList()) {
            files.metadata(path).ifPresent(metadata -> {
                modes.put(path, metadata.mode());
                if (metadata.kind() == FileMetadata.Kind.FILE) {
                    text(path).ifPresent(text -> contents.put(path, text));
                }
            });
        }
        Map<String, List<String>> rules = new HashMap<>();
        queries.tables().forEach(table -> rules.put(table, listRules(table)));
        return new HostSnapshot(
                activeSwaps(),
                loadedModules(queries.modules()),
                hasModules(),
                contents,
                modes,
                states(queries.units()),
                rules);
    }

    /** Returns the paths that match a path with {@code *} in its last part; another path is returned as it is. */
    private Stream<String> listMatching(String path) {
        int star = path.indexOf('*');
        if (star < 0) {
            return Stream.of(path);
        }
        int slash = path.lastIndexOf('/', star);
        String first = path.substring(slash + 1, star);
        String last = path.substring(star + 1);
        return files.list(path.substring(0, slash)).stream()
                .filter(name -> name.length() >= first.length() + last.length())
                .filter(name -> name.startsWith(first) && name.endsWith(last))
                .map(name -> path.substring(0, slash + 1) + name);
    }

    private List<String> listRules(String table) {
        List<String> command = List.of("iptables", "--table", table, "--list-rules");
        return host.commands()
                .runOrFail(command, IPTABLES_TIMEOUT, ErrorCode.HOST_COMMAND_FAILED)
                .lines()
                .toList();
    }

    private Map<String, UnitState> states(Collection<String> units) {
        return host.systemd().isRunning() ? host.systemd().unitStates(units) : Map.of();
    }

    /** Returns the devices in {@code /proc/swaps}. */
    public List<String> activeSwaps() {
        return text("/proc/swaps")
                .orElse("")
                .lines()
                .skip(1)
                .map(line -> line.split("\\s+", 2)[0].replace("\\040", " "))
                .filter(device -> !device.isEmpty())
                .toList();
    }

    /** Returns whether a path without links is on a read-only file system. */
    public boolean isReadOnly(String path) {
        return mountOf(path).filter(mount -> mount.options().contains("ro")).isPresent();
    }

    private Optional<Mount> mountOf(String path) {
        return Mount.findContaining(path, files.mounts().stream());
    }

    /** Returns whether this host has modules for its kernel. */
    public boolean hasModules() {
        return files.exists("/lib/modules/" + line("/proc/sys/kernel/osrelease"));
    }

    /** Returns which of the modules are loaded or built in. */
    public Set<String> loadedModules(List<String> modules) {
        Set<String> present = new HashSet<>();
        for (String module : modules) {
            boolean filesystem =
                    text("/proc/filesystems").orElse("").lines().anyMatch(line -> line.endsWith("\t" + module));
            boolean bridge = module.equals("br_netfilter") && files.exists("/proc/sys/net/bridge");
            if (filesystem || bridge || files.exists("/sys/module/" + module)) {
                present.add(module);
            }
        }
        return present;
    }

    /** Returns the host's identity, as its kubelet will report it. */
    public HostFacts hostFacts() {
        String machineId = line("/etc/machine-id");
        String uuid = productUuid();
        return new HostFacts(
                machineId,
                uuid.isEmpty() ? machineId : uuid,
                kubelet.version().orElse(null),
                osRelease().getOrDefault("PRETTY_NAME", "unknown"),
                line("/proc/sys/kernel/osrelease"));
    }

    /** Returns the UUID of the firmware, or an empty text. */
    public String productUuid() {
        return files.exists(PRODUCT_UUID) ? line(PRODUCT_UUID) : "";
    }

    /** Returns the values of {@code os-release}, by key. */
    public Map<String, String> osRelease() {
        Map<String, String> release = new HashMap<>();
        OS_RELEASE.stream()
                .filter(path -> files.metadata(path)
                        .map(metadata -> metadata.kind() == FileMetadata.Kind.FILE)
                        .orElse(false))
                .findFirst()
                .flatMap(this::text)
                .orElse("")
                .lines()
                .map(line -> line.split("=", 2))
                .filter(words -> words.length == 2)
                .forEach(words ->
                        release.put(words[0].strip(), words[1].replace("\"", "").strip()));
        return release;
    }

    private String line(String path) {
        return text(path).orElse("").strip();
    }

    private Optional<String> text(String path) {
        return files.read(path).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
}
