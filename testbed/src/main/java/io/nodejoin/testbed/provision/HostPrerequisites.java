package io.nodejoin.testbed.provision;

import io.nodejoin.testbed.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The outer machine's own packages that namespaces and hosts need. */
final class HostPrerequisites {
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");
    private static final Map<String, String> PACKAGE_OF = Map.of(
            "debootstrap", "debootstrap",
            "systemd-nspawn", "systemd-container",
            "ip", "iproute2",
            "nsenter", "util-linux",
            "mount", "mount",
            "tar", "tar");
    private static final List<Path> WHERE = List.of(
            Path.of("/usr/sbin"), Path.of("/usr/bin"), Path.of("/sbin"), Path.of("/bin"), Path.of("/usr/local/bin"));

    private final Progress progress;

    HostPrerequisites(Progress progress) {
        this.progress = progress;
    }

    /** The packages that are missing, by name. */
    static List<String> missing() {
        TreeSet<String> missing = new TreeSet<>();
        PACKAGE_OF.forEach((command, name) -> {
            if (WHERE.stream().noneMatch(directory -> Files.isExecutable(directory.resolve(command)))) {
                missing.add(name);
            }
        });
        if (!Files.exists(KEYRING)) {
            missing.add("debian-archive-keyring");
        }
        return List.copyOf(missing);
    }

    /** Why the missing packages cannot be installed here, or an empty list. */
    static List<String> unmetPrerequisites() {
        List<String> missing = missing();
        boolean installable = Stream.of("/usr/bin/apt-get").map(Path::of).anyMatch(Files::isExecutable);
        return missing.isEmpty() || installable
                ? List.of()
                : List.of("missing on this machine, which has no apt-get: " + String.join(", ", missing));
    }

    /** Installs what is missing; needs root. */
    void ensure() {
        List<String> missing = missing();
        if (missing.isEmpty()) {
            return;
        }
        List<String> install = new ArrayList<>(List.of("apt-get", "install", "-y", "-qq", "--no-install-recommends"));
        install.addAll(missing);
        progress.report("installing " + String.join(" ", missing), () -> {
            Command.of("apt-get", "update", "-qq").withTimeout(TIMEOUT).run();
            return Command.of(install)
                    .withVariable("DEBIAN_FRONTEND", "noninteractive")
                    .withTimeout(TIMEOUT)
                    .run()
                    .orFail();
        });
    }
}
