package io.nodejoin.testbed.simulated;

import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.CommandRunner;
import io.nodejoin.agent.host.ProcessCommandRunner;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.testbed.tpm.SoftwareTpm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Programs of a host that always succeed; only the output of kubelet and sha256sum matters. Those for a TPM are real. */
final class SimulatedCommands implements CommandRunner {
    private final HostIdentity host;
    private final Path root;
    private final @Nullable SoftwareTpm tpm;
    private final CommandRunner real = new ProcessCommandRunner();

    SimulatedCommands(HostIdentity host, Path root, @Nullable SoftwareTpm tpm) {
        this.host = host;
        this.root = root;
        this.tpm = tpm;
    }

    @Override
    public CommandResult run(List<String> command, Duration timeout) {
        return tpm != null && command.getFirst().startsWith("tpm2_")
                ? real.run(tpm.commandLine(command), timeout)
                : new CommandResult.Exited(0, outputOf(command));
    }

    private String outputOf(List<String> command) {
        if (command.getLast().equals("--version")) {
            return "Kubernetes " + host.kubeletVersion() + "\n";
        }
        return command.getFirst().equals("sha256sum") ? digest(command.getLast()) : "";
    }

    private String digest(String path) {
        try {
            return Sha256.hex(Files.readAllBytes(root.resolve(path.substring(1)))) + " *" + path + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path + " of a simulated host", e);
        }
    }
}
