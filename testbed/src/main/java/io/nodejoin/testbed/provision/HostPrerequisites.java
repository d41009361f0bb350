package io.nodejoin.testbed.provision;

import io.nodejoin.testbed.preflight.Tools;
import io.nodejoin.testbed.process.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The outer machine's own packages that namespaces and hosts need. */
final class HostPrerequisites {
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    private final Tools tools;
    private final Progress progress;

    HostPrerequisites(Tools tools, Progress progress) {
        this.tools = tools;
        this.progress = progress;
    }

    /** Installs what is missing; needs root. */
    void ensure() {
        List<String> missing = tools.missingPackages();
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
                    .run();
        });
        tools.stillMissing().ifPresent(obstacle -> {
            throw new IllegalStateException(obstacle);
        });
    }
}
