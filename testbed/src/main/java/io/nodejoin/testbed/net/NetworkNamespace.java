package io.nodejoin.testbed.net;

import io.nodejoin.testbed.process.Await;
import io.nodejoin.testbed.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A named network namespace, as {@code ip netns} knows it. Every method may be repeated. */
public record NetworkNamespace(String name) {
    private static final Path NAMED = Path.of("/run/netns");
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

    public boolean exists() {
        return Files.exists(path());
    }

    public Path path() {
        return NAMED.resolve(name);
    }

    public void create() {
        if (!exists()) {
            Command.of("ip", "netns", "add", name).run().orFail();
        }
        ip("link", "set", "lo", "up");
    }

    /** Kills every process inside: all of them belong to the bed, also orphans. */
    public void killAll() {
        if (exists() && !Await.until(KILL_TIMEOUT, this::isEmptyAfterKilling)) {
            throw new IllegalStateException("processes in " + name + " do not end: " + processes());
        }
    }

    /** Deletes the name; the kernel deletes the namespace with its last process, and its links with it. */
    public void delete() {
        if (exists()) {
            Command.of("ip", "netns", "delete", name).run().orFail();
        }
    }

    /** The command that runs these arguments inside, by exec: pid and signals stay those of the caller's child. */
    public List<String> enterCommand(List<String> arguments) {
        List<String> inside = new ArrayList<>(List.of("nsenter", "--net=" + path(), "--"));
        inside.addAll(arguments);
        return inside;
    }

    public void ip(String... arguments) {
        ipCommand(arguments).run().orFail();
    }

    public boolean hasLink(String link) {
        return ipCommand("link", "show", "dev", link).run().succeeded();
    }

    private boolean isEmptyAfterKilling() {
        List<String> processes = processes();
        if (processes.isEmpty()) {
            return true;
        }
        List<String> kill = new ArrayList<>(List.of("kill", "-KILL"));
        kill.addAll(processes);
        Command.of(kill).run();
        return false;
    }

    private List<String> processes() {
        return Command.of("ip", "netns", "pids", name)
                .run()
                .orFail()
                .output()
                .lines()
                .toList();
    }

    private Command ipCommand(String... arguments) {
        List<String> all = new ArrayList<>(List.of("ip", "-n", name));
        all.addAll(List.of(arguments));
        return Command.of(all);
    }
}
