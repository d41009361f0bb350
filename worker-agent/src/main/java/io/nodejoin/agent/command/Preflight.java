package io.nodejoin.agent.command;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.preflight.CheckOutcome;
import io.nodejoin.agent.preflight.Expectation;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks whether the host can join, all checks, and says of each failure how to repair it. */
public final class Preflight {
    private final HostChecks checks;
    private final HostProbe probe;

    public Preflight(HostChecks checks, HostProbe probe) {
        this.checks = checks;
        this.probe = probe;
    }

    /** Looks at everything and changes nothing. */
    public HostResult run(HostCommand.Preflight command) throws InterruptedException {
        List<CheckOutcome> outcomes = checks.ofJoin(Expectation.of(command));
        List<Finding> findings =
                outcomes.stream().flatMap(outcome -> outcome.finding().stream()).toList();
        List<CheckOutcome> errors =
                outcomes.stream().filter(CheckOutcome::prevents).toList();
        return errors.isEmpty()
                ? new HostResult.PreflightPassed(probe.identity(), findings)
                : new HostResult.HostFailed(problem(errors), findings, List.of());
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
