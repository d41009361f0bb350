package io.nodejoin.agent.host;

import io.nodejoin.protocol.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A host below a temporary directory, whose units and programs are only remembered. */
public final class FakeHost {
    private final Path root;
    private final Map<String, UnitState> units = new HashMap<>();
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, String> answers = new HashMap<>(Map.of("kubelet", "Kubernetes v1.37.2\n"));
    private final List<String> busy = new ArrayList<>();
    private final List<String> withoutSwap = new ArrayList<>();
    private boolean runBySystemd = true;
    private boolean hasBus = true;
    private Runnable onReload = () -> {};
    private final Map<String, Runnable> starts = new HashMap<>();
    private final FakeNetwork network = new FakeNetwork();

    public FakeHost(Path root) {
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
                "proc/sys/kernel/random",
                "usr",
                "usr/local",
                "usr/local/bin",
                "run/containerd",
                "dev",
                "opt",
                "opt/cni",
                "opt/cni/bin",
                "sys",
                "sys/fs",
                "sys/fs/cgroup",
                "usr/bin",
                "usr/lib")) {
            directory(directory);
        }
        boot("first");
        text("/proc/swaps", "Filename Type Size Used Priority\n");
        text("/proc/1/mounts", "/dev/vda / ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\n");
        text("/proc/filesystems", "nodev\toverlay\n");
        text("/proc/sys/kernel/osrelease", "6.1\n");
        text("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
        text("/etc/os-release", "ID=debian\nVERSION_ID=\"13\"\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n");
        text("/proc/meminfo", "MemTotal:        4000000 kB\nMemFree:          100000 kB\n");
        text("/proc/sys/net/ipv4/ip_forward", "0\n");
        text("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
        text("/dev/kmsg", "");
        text("/opt/cni/bin/loopback", "");
        for (String program : List.of("systemctl", "journalctl", "mount", "umount", "swapon", "swapoff", "setpriv")) {
            text("/usr/bin/" + program, "");
        }
        directory("proc/sys/net/bridge");
        text("/proc/sys/net/bridge/bridge-nf-call-iptables", "0\n");
        answers.put("id", "0\n");
        answers.put("stat", "9000000 4096 10000000 900000 1000000 /var/lib\n");
        text("/usr/local/bin/kubelet", "");
        text("/run/containerd/containerd.sock", "");
        units.put("containerd.service", running("enabled"));
        units.put("systemd-timesyncd.service", running("enabled"));
    }

    /** A unit that runs. */
    public static UnitState running(String unitFile) {
        return new UnitState("loaded", "active", "running", "success", unitFile, 0);
    }

    /** Makes a directory. */
    public void directory(String path) {
        try {
            Files.createDirectories(
                    root.resolve(path),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Systemd does not know this unit. */
    public void withoutUnit(String name) {
        units.remove(name);
    }

    /** The host is run by something else. */
    public void withoutSystemd() {
        runBySystemd = false;
    }

    /** Systemd runs, and nobody can speak to it. */
    public void withoutBus() {
        hasBus = false;
    }

    /** The way to systemd is open again. */
    public void withBus() {
        hasBus = true;
    }

    /** This happens whenever systemd is to read its units anew. */
    public void whenReloaded(Runnable happening) {
        onReload = happening;
    }

    /** This happens whenever the unit is started for now. */
    public void whenStarted(String unit, Runnable happening) {
        starts.put(unit, happening);
    }

    /** The host has lost power and is up again. */
    public void boot(String id) {
        text("/proc/sys/kernel/random/boot_id", id + "\n");
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

    /** Takes a file away. */
    public void without(String path) {
        try {
            Files.delete(root.resolve(path.substring(1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says that something is mounted there. */
    public void mounted(String target) {
        text("/proc/1/mounts", mounts() + "tmpfs " + target + " tmpfs rw 0 0\n");
    }

    /** Says that something is mounted there that a program holds open. */
    public void busyMount(String target) {
        mounted(target);
        busy.add(target);
    }

    private String mounts() {
        try {
            return Files.readString(root.resolve("proc/1/mounts"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CommandResult unmount(String target) {
        if (busy.contains(target)) {
            return new CommandResult.Exited(32, "umount: " + target + ": target is busy.\n");
        }
        List<String> lines = new ArrayList<>(mounts().lines().toList());
        lines.remove("tmpfs " + target + " tmpfs rw 0 0");
        text("/proc/1/mounts", String.join("\n", lines) + "\n");
        return new CommandResult.Exited(0, "");
    }

    /** There is no swap on the device any more. */
    public void unmade(String device) {
        withoutSwap.add(device);
    }

    /** What a program says from now on. */
    public void answer(String program, String output) {
        answers.put(program, output);
    }

    /** The network, to be changed. */
    public FakeNetwork network() {
        return network;
    }

    /** What programs and units were asked for, in order. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** The parts for the code under test. */
    public HostPorts parts() {
        return new HostPorts(this::run, new RootedHostFiles(root), new Units(), network, Clock.systemUTC());
    }

    private CommandResult run(List<String> command, Duration timeout) {
        calls.add(String.join(" ", command));
        boolean asNobody = command.getFirst().equals("setpriv");
        String path = asNobody ? command.get(command.size() - 2) : command.getFirst();
        String program = path.substring(path.lastIndexOf('/') + 1);
        if (program.equals("swapon") && withoutSwap.contains(command.getLast())) {
            return new CommandResult.Exited(255, "swapon: " + command.getLast() + ": read swap header failed\n");
        }
        if (program.equals("swapon") || program.equals("swapoff")) {
            String on = program.equals("swapon") ? command.getLast() + " partition 1 0 -2\n" : "";
            text("/proc/swaps", "Filename Type Size Used Priority\n" + on);
        }
        return program.equals("umount")
                ? unmount(command.getLast())
                : new CommandResult.Exited(0, answers.getOrDefault(program, ""));
    }

    private final class Units implements Systemd {
        @Override
        public boolean isRunning() {
            return runBySystemd;
        }

        @Override
        public Map<String, UnitState> unitStates(Collection<String> names) {
            requireBus("show");
            Map<String, UnitState> shown = new HashMap<>();
            names.forEach(name -> shown.put(name, units.getOrDefault(name, UnitState.NOT_FOUND)));
            return shown;
        }

        @Override
        public void daemonReload() {
            asked("reload");
            onReload.run();
        }

        @Override
        public void enableAndStart(String unit) {
            asked("start " + unit);
            units.put(unit, FakeHost.running("enabled"));
        }

        @Override
        public void start(String unit) {
            asked("start " + unit);
            starts.getOrDefault(unit, () -> {}).run();
        }

        @Override
        public void stop(String unit) {
            asked("stop " + unit);
            String unitFile = units.getOrDefault(unit, UnitState.NOT_FOUND).unitFileState();
            units.put(unit, new UnitState("loaded", "inactive", "dead", "success", unitFile, 0));
        }

        @Override
        public void disable(String unit) {
            asked("disable " + unit);
            units.computeIfPresent(unit, (_, _) -> FakeHost.running("disabled"));
        }

        @Override
        public void restart(String unit) {
            asked("restart " + unit);
            String unitFile = units.getOrDefault(unit, UnitState.NOT_FOUND).unitFileState();
            units.put(unit, FakeHost.running(unitFile));
        }

        @Override
        public void disableAndStop(String unit) {
            asked("stop " + unit);
            units.remove(unit);
        }

        @Override
        public void mask(String unit) {
            asked("mask " + unit);
            try {
                Files.createSymbolicLink(root.resolve("etc/systemd/system/" + unit), Path.of("/dev/null"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            units.put(unit, new UnitState("masked", "inactive", "dead", "success", "masked", 0));
        }

        @Override
        public void unmask(String unit) {
            asked("unmask " + unit);
            without("/etc/systemd/system/" + unit);
            units.remove(unit);
        }

        @Override
        public List<String> journal(String unit, int lines) {
            return List.of("token abcdef.0123456789abcdef refused");
        }

        private void asked(String what) {
            requireBus(what);
            calls.add(what);
        }

        private void requireBus(String what) {
            if (!hasBus) {
                throw new HostException(
                        ErrorCode.HOST_COMMAND_FAILED, "'systemctl " + what + "' failed: Failed to connect to bus");
            }
        }
    }
}
