package io.nodejoin.agent.facts;

import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.CommandRunner;
import io.nodejoin.agent.host.FileStamp;
import io.nodejoin.agent.host.HostFiles;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The kubelet program of this host. Its version is asked once per file, since that takes a third of a second. */
public final class KubeletBinary {
    /** Where the program may lie, the first one wins. */
    public static final List<String> PLACES = List.of("/usr/local/bin/kubelet", "/usr/bin/kubelet");

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String PREFIX = "Kubernetes ";

    private final CommandRunner commands;
    private final HostFiles files;
    private final AtomicReference<Optional<Known>> known = new AtomicReference<>(Optional.empty());

    public KubeletBinary(CommandRunner commands, HostFiles files) {
        this.commands = commands;
        this.files = files;
    }

    /** The path of the program, or empty if it is at none of its places. */
    public Optional<String> path() {
        return PLACES.stream().filter(files::present).findFirst();
    }

    /** What the program says of itself, such as {@code v1.37.2}, or empty if it is missing or does not run. */
    public synchronized Optional<String> version() {
        return path().flatMap(path -> files.stamp(path)
                .flatMap(stamp -> known.get()
                        .filter(before ->
                                before.path().equals(path) && before.stamp().equals(stamp))
                        .map(Known::version)
                        .or(() -> ask(path, stamp))));
    }

    private Optional<String> ask(String path, FileStamp stamp) {
        CommandResult result = commands.run(List.of(path, "--version"), TIMEOUT);
        String answer = result.output().strip();
        if (!result.succeeded() || !answer.startsWith(PREFIX)) {
            return Optional.empty();
        }
        Known now = new Known(path, stamp, answer.substring(PREFIX.length()));
        known.set(Optional.of(now));
        return Optional.of(now.version());
    }

    private record Known(String path, FileStamp stamp, String version) {}
}
