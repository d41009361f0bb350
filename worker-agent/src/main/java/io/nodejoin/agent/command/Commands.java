package io.nodejoin.agent.command;

import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import java.util.List;

/** Does one command, whichever it is. A failure becomes a value here. */
public final class Commands {
    private final Preflight preflight;
    private final PrepareHost prepareHost;
    private final StartKubelet startKubelet;
    private final ResetHost resetHost;
    private final CollectDiagnostics collectDiagnostics;

    public Commands(
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

    /** Does it and says how it ended; interruption ends it early. */
    public HostResult run(Assignment assignment, Marks marks) throws InterruptedException {
        try {
            return switch (assignment.command()) {
                case HostCommand.Preflight command -> preflight.run(command);
                case HostCommand.PrepareHost command -> prepareHost.run(command, marks);
                case HostCommand.StartKubelet command -> startKubelet.run(assignment, command, marks);
                case HostCommand.ResetHost _ -> resetHost.run(marks);
                case HostCommand.CollectDiagnostics command -> collectDiagnostics.run(command);
            };
        } catch (HostFailure e) {
            return new HostResult.HostFailed(e.problem(), List.of(), e.log());
        }
    }
}
