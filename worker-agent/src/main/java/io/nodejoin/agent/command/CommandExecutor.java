package io.nodejoin.agent.command;

import io.nodejoin.agent.discovery.TokenDiscovery;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.List;

/** Executes any command. Converts a failure to a result. */
public final class CommandExecutor {
    private static final Logger LOG = System.getLogger(CommandExecutor.class.getName());

    private final Preflight preflight;
    private final PrepareHost prepareHost;
    private final StartKubelet startKubelet;
    private final ResetHost resetHost;
    private final CollectDiagnostics collectDiagnostics;
    private final TokenDiscovery discovery;
    private final BootstrapSentinel sentinel;

    /**
     * @param discovery connects early to the API server of a host that fits its join
     * @param sentinel tells of a failure
     */
    public CommandExecutor(
            Preflight preflight,
            PrepareHost prepareHost,
            StartKubelet startKubelet,
            ResetHost resetHost,
            CollectDiagnostics collectDiagnostics,
            TokenDiscovery discovery,
            BootstrapSentinel sentinel) {
        this.preflight = preflight;
        this.prepareHost = prepareHost;
        this.startKubelet = startKubelet;
        this.resetHost = resetHost;
        this.collectDiagnostics = collectDiagnostics;
        this.discovery = discovery;
        this.sentinel = sentinel;
    }

    /** Executes the command and returns its result; an interrupt ends it early. */
    public HostResult execute(Assignment assignment, ProgressListener progress) throws InterruptedException {
        HostResult result = attempt(assignment, progress);
        if (result instanceof HostResult.HostFailed failed) {
            sentinel.failed(failed.problem());
        }
        return result;
    }

    private HostResult attempt(Assignment assignment, ProgressListener progress) throws InterruptedException {
        try {
            return switch (assignment.command()) {
                case HostCommand.Preflight command -> check(command);
                case HostCommand.PrepareHost command -> prepareHost.execute(command, progress);
                case HostCommand.StartKubelet command -> startKubelet.execute(assignment, command, progress);
                case HostCommand.ResetHost _ -> resetHost.execute(progress);
                case HostCommand.CollectDiagnostics command -> collectDiagnostics.execute(command);
            };
        } catch (HostException e) {
            return new HostResult.HostFailed(e.problem(), List.of(), e.log());
        }
    }

    private HostResult check(HostCommand.Preflight command) throws InterruptedException {
        HostResult result = preflight.execute(command);
        if (result instanceof HostResult.PreflightPassed) {
            Thread.ofVirtual().name("early-connection").start(() -> connectEarly(command.apiServer()));
        }
        return result;
    }

    private void connectEarly(URI apiServer) {
        try {
            discovery.connectEarly(apiServer);
        } catch (HostException e) {
            LOG.log(Level.INFO, "no early connection: {0}", e.problem().toLine());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
