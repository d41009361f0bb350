package io.nodejoin.testbed.host;

import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.process.ProcessIdentity;
import io.nodejoin.testbed.process.SupervisedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A machine with its own systemd, container runtime, file system and network. Commands can be run on it; it can be
 * broken, switched off and on again; its disk keeps its content until it is removed from the bed.
 */
public final class Host {
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    private static final List<String> CLEAN_ENVIRONMENT = List.of(
            "env",
            "-i",
            "HOME=/root",
            "LANG=C.UTF-8",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

    private final HostRecord host;
    private final String address;
    private final SupervisedProcess machine;
    private final HostBoot boot;

    Host(HostRecord host, String address, SupervisedProcess machine, HostBoot boot) {
        this.host = host;
        this.address = address;
        this.machine = machine;
        this.boot = boot;
    }

    public String name() {
        return host.spec().name();
    }

    public HostSpec spec() {
        return host.spec();
    }

    /** Its address on the bed's network. */
    public String address() {
        return address;
    }

    /** Its number in the bed; see {@link io.nodejoin.testbed.net.BedNetwork#setHostConnected}. */
    public int number() {
        return host.number();
    }

    public boolean isRunning() {
        return machine.isRunning();
    }

    /** Switches it on, unless it is, and returns when its systemd has started its container runtime. */
    public void start() {
        boot.start(host, machine);
        machine.awaitReady(HostBoot.BOOT_TIMEOUT, this::hasBooted);
    }

    /** Shuts it down in order. */
    public void stop() {
        machine.stop(SHUTDOWN_TIMEOUT);
    }

    /** Cuts its power. */
    public void kill() {
        initProcess()
                .ifPresent(init ->
                        Command.of("kill", "-KILL", Long.toString(init.pid())).run());
        machine.kill();
        boot.powerOff(host);
    }

    /** Runs an argument list as root inside, for at most half a minute. */
    public CommandResult run(String... arguments) {
        return run(List.of(arguments), DEFAULT_TIMEOUT);
    }

    /**
     * Runs an argument list as root on the host. It is killed at the timeout, with exit code {@link Command#TIMED_OUT}.
     */
    public CommandResult run(List<String> arguments, Duration timeout) {
        List<String> limited = new ArrayList<>(List.of("timeout", "--kill-after=1"));
        limited.add(String.valueOf(Math.max(1, timeout.toSeconds())));
        limited.addAll(arguments);
        return Command.of(enterCommand(limited, List.of()))
                .withTimeout(timeout.plusSeconds(5))
                .run();
    }

    /** Runs an argument list inside on the terminal of this program and returns its exit code. */
    public int runAttached(List<String> arguments) {
        String terminal = System.getenv().getOrDefault("TERM", "dumb");
        return Command.of(enterCommand(arguments, List.of("TERM=" + terminal))).runAttached();
    }

    /** The content of a file, or empty if there is none that can be read. */
    public Optional<String> read(String path) {
        CommandResult result = run("cat", "--", path);
        return result.succeeded() ? Optional.of(result.output()) : Optional.empty();
    }

    /** Writes a file in one go, mode 0644; its directory must be there. */
    public void write(String path, String text) {
        Command.of(enterCommand(List.of("tee", "--", path), List.of()))
                .withInput(text)
                .run()
                .orFail();
    }

    /** Puts a copy of an outer file there; its directory must be there. */
    public void copy(Path file, String path) {
        ProcessIdentity init =
                initProcess().orElseThrow(() -> new IllegalStateException("host " + name() + " does not run"));
        try {
            Files.copy(file, Path.of("/proc", Long.toString(init.pid()), "root", path));
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot copy " + file + " to host " + name(), cannotWrite);
        }
    }

    public boolean exists(String path) {
        return run("test", "-e", path).succeeded();
    }

    /** Returns the last lines of a unit's journal, for messages and tests. */
    public String journal(String unit, int lines) {
        return run("journalctl", "--no-pager", "--quiet", "--unit=" + unit, "--lines=" + lines)
                .output();
    }

    private boolean hasBooted() {
        return initProcess().isPresent()
                && run("systemctl", "is-active", "--quiet", "testbed-host.service")
                        .succeeded()
                && (spec().has(HostFault.RUNTIME_DOWN)
                        || run("systemctl", "is-active", "--quiet", "containerd.service")
                                .succeeded());
    }

    private List<String> enterCommand(List<String> arguments, List<String> variables) {
        ProcessIdentity init =
                initProcess().orElseThrow(() -> new IllegalStateException("host " + name() + " does not run"));
        List<String> inside = new ArrayList<>(List.of("nsenter", "--target", Long.toString(init.pid()), "--all", "--"));
        inside.addAll(CLEAN_ENVIRONMENT);
        inside.addAll(variables);
        inside.addAll(arguments);
        return inside;
    }

    /** The host's process 1, which is the one child of nspawn that is number 1 in its own namespace. */
    private Optional<ProcessIdentity> initProcess() {
        return machine.identity().stream()
                .flatMap(nspawn -> nspawn.children().stream())
                .filter(Host::isFirstInItsNamespace)
                .findFirst();
    }

    private static boolean isFirstInItsNamespace(ProcessIdentity process) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("NSpid:"))
                    .anyMatch(line -> line.chars().filter(each -> each == '\t').count() > 1 && line.endsWith("\t1"));
        } catch (IOException _) {
            return false;
        }
    }
}
