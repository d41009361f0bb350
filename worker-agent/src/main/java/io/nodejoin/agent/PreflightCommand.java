package io.nodejoin.agent;

import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.preflight.HostExpectation;
import io.nodejoin.agent.preflight.PreflightReport;
import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.HostSettings;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Runs all preflight checks of this host and prints them. Read-only; needs neither gateway nor join. */
final class PreflightCommand {
    static final String USAGE = "preflight [--config FILE] [--profile PROFILE] [--api-server URL]"
            + " [--kubernetes-version VERSION] [--node-ip ADDRESS] [--kubelet-digest DIGEST]"
            + " [--output table|json]";

    private static final Path CONFIG = Path.of("/etc/nodejoin/agent.json");
    private static final Set<String> OPTIONS = Set.of(
            "--config",
            "--profile",
            "--api-server",
            "--kubernetes-version",
            "--node-ip",
            "--kubelet-digest",
            "--output");
    private static final int FAILED = 1;

    private final HostPorts host;
    private final PrintStream out;

    PreflightCommand(HostPorts host, PrintStream out) {
        this.host = host;
        this.out = out;
    }

    /**
     * Runs the command and returns the exit code: 0 unless a check of severity error fails.
     *
     * @throws IllegalArgumentException for an invalid option or configuration
     */
    int run(List<String> words) throws InterruptedException {
        Options options = Options.parse(words, OPTIONS);
        boolean json = options.json("table");
        Optional<AgentConfig> config = config(options);
        HostExpectation expected = new HostExpectation(
                options.profile(),
                options.find("--kubernetes-version").orElse(null),
                options.find("--api-server").map(URI::create).orElse(null),
                options.find("--node-ip").orElse(null),
                options.find("--kubelet-digest").map(ArtifactDigest::new).stream()
                        .toList(),
                HostSettings.DEFAULT,
                null,
                config.map(AgentConfig::gateway).orElse(null));
        List<String> ignored = config.map(AgentConfig::ignoredChecks).orElse(List.of());
        PreflightReport report =
                new PreflightReport(Wiring.checks(host, ignored).runAll(expected));
        out.print(json ? report.json() : report.table());
        return report.passed() ? 0 : FAILED;
    }

    /** A host can be checked before its agent is configured. */
    private static Optional<AgentConfig> config(Options options) {
        return options.find("--config")
                .map(Path::of)
                .or(() -> Files.exists(CONFIG) ? Optional.of(CONFIG) : Optional.empty())
                .map(AgentConfig::read);
    }
}
