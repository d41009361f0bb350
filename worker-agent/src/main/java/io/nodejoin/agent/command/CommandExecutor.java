package io.nodejoin.agent.command;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import java.util.List;

/** Executes any command. Converts a failure to a result. */
public final class CommandExecutor {
    private final Preflight preflight;
    private final PrepareHost prepareHost;
    private final StartKubelet startKubelet;
    private final ResetHost resetHost;
    private final CollectDiagnostics collectDiagnostics;

    public CommandExecutor(
            Preflight preflight,
            PrepareHost prepareHost,
            StartKubelet startKubelet,
            ResetHost resetHost,
            CollectDiagnostics collectDiagnostics) {
        this.preflight = preflight;
        this.prepareHost = prepareHost;
        this.startKubelet = startKubelet;
        this.resetHost = resetHost;
        this.collectDiagnostics = collectDiagnostics;
    }

    /** Executes the command and returns its result; an interrupt ends it early. */
    public HostResult execute(Assignment assignment, ProgressListener progress) throws InterruptedException {
        try {
            return switch (assignment.command()) {
                case HostCommand.Preflight command -> preflight.execute(command);
                case HostCommand.PrepareHost command -> prepareHost.execute(command, progress);
                case HostCommand.StartKubelet command -> startKubelet.execute(assignment, command, progress);
                case HostCommand.ResetHost _ -> resetHost.execute(progress);
                case HostCommand.CollectDiagnostics command -> collectDiagnostics.execute(command);
            };
        } catch (HostException e) {
            return new HostResult.HostFailed(e.problem(), List.of(), e.log());
        }
    }
}
