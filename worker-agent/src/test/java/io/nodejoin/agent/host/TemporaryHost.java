package io.nodejoin.agent.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A host below a temporary directory, whose units and programs are only remembered. */
public final class TemporaryHost {
    private final Path root;
    private final Map<String, UnitState> units = new HashMap<>();
    private final List<String> calls = new ArrayList<>();

    public TemporaryHost(Path root) {
        this.root = root;
        for (String directory : List.of(
                "etc",
                "etc/systemd",
                "etc/systemd/system",
                "run",
                "run/systemd",
                "run/systemd/system",
                "var",
                "var/lib",
                "proc",
                "proc/1",
                "proc/sys",
                "proc/sys/net",
                "proc/sys/net/ipv4",
                "proc/sys/kernel",
                "usr",
                "usr/local",
                "usr/local/bin",
                "run/containerd")) {
            directory(directory);
        }
        text("/proc/swaps", "Filename Type Size Used Priority\n");
        text("/proc/1/mounts", "/dev/vda / ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\n");
        text("/proc/filesystems", "nodev\toverlay\n");
        text("/proc/sys/net/ipv4/ip_forward", "0\n");
        text("/proc/sys/kernel/osrelease", "6.1\n");
        text("/etc/machine-id", "0123\n");
        text("/usr/local/bin/kubelet", "");
        text("/run/containerd/containerd.sock", "");
        units.put("containerd.service", running("enabled"));
    }

    private static UnitState running(String unitFile) {
        return new UnitState("loaded", "active", "running", "success", unitFile, 0);
    }

    private void directory(String path) {
        try {
            Files.createDirectories(
                    root.resolve(path),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts a file there. */
    public void text(String path, String content) {
        try {
            Files.writeString(root.resolve(path.substring(1)), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives a unit this state. */
    public void unit(String name, UnitState state) {
        units.put(name, state);
    }

    /** What programs and units were asked for, in order. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** The parts for the code under test. */
    public HostParts parts() {
        return new HostParts(this::run, new RootedHostFiles(root), new Units(), new Network(), Clock.systemUTC());
    }

    private CommandResult run(List<String> command, Duration timeout) {
        calls.add(String.join(" ", command));
        return command.getLast().equals("--version")
                ? new CommandResult.Exited(0, "Kubernetes v1.37.2\n")
                : new CommandResult.Exited(0, "");
    }

    private final class Units implements Systemd {
        @Override
        public boolean running() {
            return true;
        }

        @Override
        public Map<String, UnitState> show(Collection<String> names) {
            Map<String, UnitState> shown = new HashMap<>();
            names.forEach(name -> shown.put(name, units.getOrDefault(name, UnitState.NOT_FOUND)));
            return shown;
        }

        @Override
        public void reload() {
            calls.add("reload");
        }

        @Override
        public void enableAndStart(String unit) {
            calls.add("start " + unit);
            units.put(unit, TemporaryHost.running("enabled"));
        }

        @Override
        public void disableAndStop(String unit) {
            calls.add("stop " + unit);
            units.remove(unit);
        }

        @Override
        public void mask(String unit) {
            calls.add("mask " + unit);
        }

        @Override
        public void unmask(String unit) {
            calls.add("unmask " + unit);
        }

        @Override
        public List<String> log(String unit, int lines) {
            return List.of("token abcdef.0123456789abcdef refused");
        }
    }

    private static final class Network implements HostNetwork {
        @Override
        public boolean listens(int port) {
            return false;
        }

        @Override
        public boolean connects(String host, int port, Duration timeout) {
            return true;
        }

        @Override
        public String ownName() {
            return "w1";
        }

        @Override
        public Optional<String> resolve(String name, Duration timeout) {
            return Optional.of("10.0.0.1");
        }

        @Override
        public boolean kubeletHealthy() {
            return true;
        }
    }
}
