package io.nodejoin.agent.command;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.host.Pause;
import io.nodejoin.agent.preflight.CheckOutcome;
import io.nodejoin.agent.preflight.Expectation;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks whether the host can join, all checks, and says of each failure how to repair it. */
public final class Preflight {
    /** An API server that is restarted refuses connections for less than all these looks take. */
    private static final int LOOKS = 10;

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    private final HostChecks checks;
    private final HostProbe probe;
    private final Pause pause;

    public Preflight(HostChecks checks, HostProbe probe, Pause pause) {
        this.checks = checks;
        this.probe = probe;
        this.pause = pause;
    }

    /** Looks at everything, and again while nothing is wrong but what may pass by itself; changes nothing. */
    public HostResult run(HostCommand.Preflight command) throws InterruptedException {
        List<CheckOutcome> outcomes = look(Expectation.of(command));
        List<Finding> findings =
                outcomes.stream().flatMap(outcome -> outcome.finding().stream()).toList();
        List<CheckOutcome> errors = errors(outcomes);
        return errors.isEmpty()
                ? new HostResult.PreflightPassed(probe.identity(), findings)
                : new HostResult.HostFailed(problem(errors), findings, List.of());
    }

    private List<CheckOutcome> look(Expectation expected) throws InterruptedException {
        List<CheckOutcome> outcomes = checks.ofJoin(expected);
        for (int looks = 1; looks < LOOKS && mayPass(errors(outcomes)); looks++) {
            pause.await(BETWEEN_LOOKS);
            outcomes = checks.ofJoin(expected);
        }
        return outcomes;
    }

    private static boolean mayPass(List<CheckOutcome> errors) {
        return !errors.isEmpty()
                && errors.stream().allMatch(error -> error.check().mayPass());
    }

    private static List<CheckOutcome> errors(List<CheckOutcome> outcomes) {
        return outcomes.stream().filter(CheckOutcome::prevents).toList();
    }

    /** Errors of one kind keep their code; with several kinds none says it all. */
    private static Problem problem(List<CheckOutcome> errors) {
        Set<ErrorCode> codes = errors.stream().map(CheckOutcome::code).collect(Collectors.toSet());
        String detail = errors.stream()
                .flatMap(error -> error.finding().stream())
                .map(finding -> finding.name() + ": " + finding.detail() + " (" + finding.remedy() + ")")
                .collect(Collectors.joining("; "));
        return new Problem(codes.size() == 1 ? errors.getFirst().code() : ErrorCode.HOST_PREFLIGHT_FAILED, detail);
    }
}
