package io.nodejoin.agent.command;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.TlsBootstrap;
import java.util.Optional;

/** Checks and prepares a host again that was prepared early: it may have changed since, and now the join is known. */
public final class HostVerification {
    private final Preflight preflight;
    private final PrepareHost prepareHost;

    public HostVerification(Preflight preflight, PrepareHost prepareHost) {
        this.preflight = preflight;
        this.prepareHost = prepareHost;
    }

    /** Returns the failure, if there is one. Idempotent. */
    Optional<HostResult.HostFailed> verify(HostCommand.Preflight expected, ProgressListener progress)
            throws InterruptedException {
        return preflight.execute(expected) instanceof HostResult.HostFailed failed && !isOfApiServerAlone(failed)
                ? Optional.of(failed)
                : prepareHost.repeat(
                        new HostCommand.PrepareHost(
                                expected.profile(), TlsBootstrap.AGENT, expected.settings(), expected.podCidr()),
                        progress);
    }

    /** The start of the kubelet connects to the API server anyway, and repeats that for a while. */
    private static boolean isOfApiServerAlone(HostResult.HostFailed failed) {
        return failed.problem().code() == ErrorCode.HOST_CANNOT_REACH_API_SERVER;
    }
}
