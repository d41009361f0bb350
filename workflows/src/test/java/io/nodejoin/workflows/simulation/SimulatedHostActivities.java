package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.hostcommand.HostActivities;
import io.nodejoin.workflows.hostcommand.HostCommandRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A gateway replica: sends the assignment to its connected agent, and waits for the result. */
final class SimulatedHostActivities implements HostActivities {
    private static final Duration BEAT = Duration.ofSeconds(2);
    private static final Duration ABSENCE = Duration.ofSeconds(15);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final World world;
    private final ActivityAttempt execution;

    SimulatedHostActivities(World world, ActivityAttempt execution) {
        this.world = world;
        this.execution = execution;
    }

    @Override
    public HostResult preflight(HostCommandRequest request) {
        return run(request.assignment());
    }

    @Override
    public HostResult prepareHost(HostCommandRequest request) {
        return run(request.assignment());
    }

    @Override
    public HostResult startKubelet(HostCommandRequest request) {
        return run(request.assignment());
    }

    @Override
    public HostResult resetHost(HostCommandRequest request) {
        return run(request.assignment());
    }

    @Override
    public HostResult collectDiagnostics(HostCommandRequest request) {
        return run(request.assignment());
    }

    private HostResult run(Assignment assignment) {
        SimulatedAgent agent = world.host.agent;
        Instant offered = world.timeline.now();
        long handedTo = -1;
        agent.setListener(assignment.id(), execution);
        while (true) {
            execution.heartbeat();
            Optional<HostResult> result = agent.resultAt(execution.replica, assignment.id());
            if (result.isPresent()) {
                return result.get();
            }
            if (agent.isAt(execution.replica) && handedTo != agent.process()) {
                handedTo = agent.process();
                agent.assign(assignment);
            }
            Instant heard = agent.lastHeardAt(execution.replica);
            Instant since = heard.isAfter(offered) ? heard : offered;
            Duration silence = Duration.between(since, world.timeline.now());
            if (silence.compareTo(handedTo >= 0 ? SILENCE : ABSENCE) > 0) {
                throw Failures.of(
                        FailureType.UNAVAILABLE,
                        new Problem(ErrorCode.AGENT_UNREACHABLE, "the agent is away or silent"));
            }
            execution.sleep(BEAT);
        }
    }
}
