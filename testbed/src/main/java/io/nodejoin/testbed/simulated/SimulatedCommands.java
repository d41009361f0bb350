package io.nodejoin.testbed.simulated;

import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.CommandRunner;
import java.time.Duration;
import java.util.List;

/** Programs of a host that always succeed; only the kubelet says something. */
final class SimulatedCommands implements CommandRunner {
    private final HostIdentity host;

    SimulatedCommands(HostIdentity host) {
        this.host = host;
    }

    @Override
    public CommandResult run(List<String> command, Duration timeout) {
        boolean asksKubelet = command.getFirst().endsWith("/kubelet") && command.contains("--version");
        return new CommandResult.Exited(0, asksKubelet ? "Kubernetes " + host.kubeletVersion() + "\n" : "");
    }
}
