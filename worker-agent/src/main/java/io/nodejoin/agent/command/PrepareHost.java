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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Brings the host into the state of its profile: detect, plan, execute, verify. */
public final class PrepareHost {
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
        HostPlan plan = plan(command);
        List<String> changed = new ArrayList<>();
        executor.apply(plan.steps(), step -> {
            changed.add(step);
            progress.onProgress(CommandMilestone.StepCompleted, step);
        });
        List<HostStep> left = changed.isEmpty() ? List.of() : plan(command).steps();
        if (!left.isEmpty()) {
            String names = left.stream().map(HostStep::name).collect(Collectors.joining(", "));
            Problem problem = new Problem(ErrorCode.HOST_PREPARE_FAILED, "done, but without lasting effect: " + names);
            return new HostResult.HostFailed(problem, plan.findings(), List.of());
        }
        return new HostResult.HostPrepared(plan.digest(), changed, prepareKey(command.tlsBootstrap()));
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
