package io.nodejoin.agent.facts;

import io.nodejoin.agent.host.FileStamp;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostParts;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.protocol.agent.HostFacts;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the host. Files of the kernel are read directly, since a program costs more than all of them together. */
public final class HostProbe {
    /** The mounts of this host; {@code /proc/mounts} is a link. */
    private static final String MOUNTS = "/proc/1/mounts";

    /** The real path behind {@code /sys/class/dmi/id}, which is a link. */
    private static final String PRODUCT_UUID = "/sys/devices/virtual/dmi/id/product_uuid";

    private static final int MOUNT_WORDS = 4;

    private final HostFiles files;
    private final HostParts host;
    private final KubeletBinary kubelet;

    public HostProbe(HostParts host, KubeletBinary kubelet) {
        this.host = host;
        this.files = host.files();
        this.kubelet = kubelet;
    }

    /** The host as far as these paths, modules and units go. */
    public HostSnapshot snapshot(Set<String> paths, List<String> modules, List<String> units) {
        Map<String, String> contents = new HashMap<>();
        Map<String, Integer> modes = new HashMap<>();
        for (String path : paths) {
            files.stamp(path).ifPresent(stamp -> {
                modes.put(path, stamp.mode());
                if (stamp.kind() == FileStamp.Kind.FILE) {
                    text(path).ifPresent(text -> contents.put(path, text));
                }
            });
        }
        boolean loadable = files.present("/lib/modules/" + line("/proc/sys/kernel/osrelease"));
        return new HostSnapshot(swaps(), loaded(modules), loadable, contents, modes, states(units));
    }

    private Map<String, UnitState> states(Collection<String> units) {
        return host.systemd().running() ? host.systemd().show(units) : Map.of();
    }

    /** The devices of {@code /proc/swaps}. */
    public List<String> swaps() {
        return text("/proc/swaps")
                .orElse("")
                .lines()
                .skip(1)
                .map(line -> line.split("\\s+", 2)[0].replace("\\040", " "))
                .filter(device -> !device.isEmpty())
                .toList();
    }

    /** The type of the file system that a path without links is on or would be made on, such as {@code tmpfs}. */
    public Optional<String> fileSystemOf(String path) {
        String type = null;
        int longest = 0;
        for (String line : text(MOUNTS).orElse("").lines().toList()) {
            String[] words = line.split(" ", MOUNT_WORDS);
            String prefix = words.length < MOUNT_WORDS || words[1].equals("/") ? "/" : words[1] + "/";
            if (words.length == MOUNT_WORDS && prefix.length() >= longest && (path + "/").startsWith(prefix)) {
                longest = prefix.length();
                type = words[2];
            }
        }
        return Optional.ofNullable(type);
    }

    private Set<String> loaded(List<String> modules) {
        Set<String> present = new HashSet<>();
        for (String module : modules) {
            boolean filesystem = text("/proc/filesystems")
                    .orElse("")
                    .lines()
                    .anyMatch(line -> line.strip().equals(module));
            boolean bridge = module.equals("br_netfilter") && files.present("/proc/sys/net/bridge");
            if (filesystem || bridge || files.present("/sys/module/" + module)) {
                present.add(module);
            }
        }
        return present;
    }

    /** What identifies this host, as its kubelet will report it. */
    public HostFacts identity() {
        String machineId = line("/etc/machine-id");
        String uuid = files.present(PRODUCT_UUID) ? line(PRODUCT_UUID) : "";
        return new HostFacts(
                machineId,
                uuid.isEmpty() ? machineId : uuid,
                kubelet.version().orElse(null),
                operatingSystem(),
                line("/proc/sys/kernel/osrelease"));
    }

    private String operatingSystem() {
        return Stream.of("/usr/lib/os-release", "/etc/os-release")
                .filter(path -> files.stamp(path)
                        .map(stamp -> stamp.kind() == FileStamp.Kind.FILE)
                        .orElse(false))
                .flatMap(path -> text(path).orElse("").lines())
                .filter(line -> line.startsWith("PRETTY_NAME="))
                .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
                .findFirst()
                .orElse("unknown");
    }

    private String line(String path) {
        return text(path).orElse("").strip();
    }

    private Optional<String> text(String path) {
        return files.read(path).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
}
