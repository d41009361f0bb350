package io.nodejoin.agent.command;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.preflight.CheckReport;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.agent.preflight.HostExpectation;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.HostSettings;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Runs all preflight checks of the host; each failure has its remedy. */
public final class Preflight {
    private final HostChecks checks;
    private final HostProbe probe;

    public Preflight(HostChecks checks, HostProbe probe) {
        this.checks = checks;
        this.probe = probe;
    }

    /** Runs the checks. Read-only. */
    public HostResult execute(HostCommand.Preflight command) throws InterruptedException {
        return result(checks.runForJoin(HostExpectation.of(command)));
    }

    /** Runs the checks that every join with this preparation requires. Read-only. */
    public HostResult executeBeforeJoin(HostCommand.PrepareHost preparation) throws InterruptedException {
        return result(checks.runBeforeJoin(
                HostExpectation.of(preparation.profile(), HostSettings.orDefault(preparation.settings()))));
    }

    private HostResult result(List<CheckReport> outcomes) {
        List<Finding> findings = outcomes.stream()
                .flatMap(checkReport -> checkReport.finding().stream())
                .toList();
        List<CheckReport> errors =
                outcomes.stream().filter(CheckReport::blocksJoin).toList();
        return errors.isEmpty()
                ? new HostResult.PreflightPassed(probe.hostFacts(), findings)
                : new HostResult.HostFailed(problem(errors), findings, List.of());
    }

    /** Errors with the same code keep it; errors with different codes get the general one. */
    private static Problem problem(List<CheckReport> errors) {
        Set<ErrorCode> codes = errors.stream().map(CheckReport::code).collect(Collectors.toSet());
        String detail = errors.stream()
                .flatMap(error -> error.finding().stream())
                .map(finding -> finding.name() + ": " + finding.detail() + " (" + finding.remedy() + ")")
                .collect(Collectors.joining("; "));
        return new Problem(codes.size() == 1 ? errors.getFirst().code() : ErrorCode.HOST_PREFLIGHT_FAILED, detail);
    }
}
