package io.nodejoin.agent.command;

import io.nodejoin.agent.facts.HostProbe;
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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Brings the host into the state of its profile: detect, plan, execute, verify. */
public final class PrepareHost {
    private final HostProbe probe;
    private final StepExecutor executor;

    public PrepareHost(HostProbe probe, StepExecutor executor) {
        this.probe = probe;
        this.executor = executor;
    }

    /** Brings the host into the state of the profile and the settings. Idempotent. */
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
        return new HostResult.HostPrepared(plan.digest(), changed);
    }

    private HostPlan plan(HostCommand.PrepareHost command) {
        Profile profile = Profile.of(command.profile(), HostSettings.orDefault(command.settings()), command.podCidr());
        return HostPlan.create(profile, probe.snapshot(HostPlan.queries(profile)));
    }
}
