package io.nodejoin.agent.command;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.key.KubeletKey;
import io.nodejoin.agent.plan.HostPlan;
import io.nodejoin.agent.plan.HostStep;
import io.nodejoin.agent.plan.Profile;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.TlsBootstrap;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Brings the host into the state of its profile: detect, plan, execute, verify. */
public final class PrepareHost {
    private static final Logger LOG = System.getLogger(PrepareHost.class.getName());

    private final HostProbe probe;
    private final StepExecutor executor;
    private final KubeletKey kubeletKey;

    public PrepareHost(HostProbe probe, StepExecutor executor, KubeletKey kubeletKey) {
        this.probe = probe;
        this.executor = executor;
        this.kubeletKey = kubeletKey;
    }

    /**
     * Brings the host into the state of the profile and the settings, and creates the kubelet's key if the agent requests
     * its certificate. Idempotent: a second call returns the digest of the same key.
     */
    public HostResult execute(HostCommand.PrepareHost command, ProgressListener progress) {
        return switch (apply(plan(command), command, progress)) {
            case Applied.Failed(HostResult.HostFailed failure) -> failure;
            case Applied.Complete(String digest, List<String> changed) ->
                new HostResult.HostPrepared(digest, changed, prepareKey(command.tlsBootstrap()));
        };
    }

    /**
     * As {@link #execute}, but does nothing if a step would disturb another use of the host.
     *
     * @return empty if the host is left as it is
     */
    public Optional<HostResult> executeUndisturbing(HostCommand.PrepareHost command, ProgressListener progress) {
        List<String> disturbing = plan(command).disturbingSteps();
        if (disturbing.isEmpty()) {
            return Optional.of(execute(command, progress));
        }
        LOG.log(Level.INFO, "the host is prepared by its join, not early: {0}", String.join(", ", disturbing));
        return Optional.empty();
    }

    /**
     * Brings a prepared host into the state of the profile and the settings again. Leaves the kubelet's key as it is.
     *
     * @return the failure, if there is one
     */
    public Optional<HostResult.HostFailed> repeat(HostCommand.PrepareHost command, ProgressListener progress) {
        return switch (apply(plan(command), command, progress)) {
            case Applied.Failed(HostResult.HostFailed failure) -> Optional.of(failure);
            case Applied.Complete _ -> Optional.empty();
        };
    }

    private Applied apply(HostPlan plan, HostCommand.PrepareHost command, ProgressListener progress) {
        List<String> changed = new ArrayList<>();
        executor.apply(plan.steps(), step -> {
            changed.add(step);
            progress.onProgress(CommandMilestone.StepCompleted, step);
        });
        List<HostStep> left = changed.isEmpty() ? List.of() : plan(command).steps();
        if (!left.isEmpty()) {
            String names = left.stream().map(HostStep::name).collect(Collectors.joining(", "));
            Problem problem = new Problem(ErrorCode.HOST_PREPARE_FAILED, "done, but without lasting effect: " + names);
            return new Applied.Failed(new HostResult.HostFailed(problem, plan.findings(), List.of()));
        }
        return new Applied.Complete(plan.digest(), changed);
    }

    private sealed interface Applied {
        record Complete(String planDigest, List<String> changed) implements Applied {}

        record Failed(HostResult.HostFailed failure) implements Applied {}
    }

    /** A key that an earlier attempt has prepared would be reported as the kubelet's if the kubelet creates its own. */
    private @Nullable String prepareKey(TlsBootstrap tlsBootstrap) {
        return switch (tlsBootstrap) {
            case AGENT -> kubeletKey.prepare();
            case KUBELET -> {
                kubeletKey.erase();
                yield null;
            }
        };
    }

    private HostPlan plan(HostCommand.PrepareHost command) {
        Profile profile = Profile.of(command.profile(), HostSettings.orDefault(command.settings()), command.podCidr());
        return HostPlan.create(profile, probe.snapshot(HostPlan.queries(profile)));
    }
}
