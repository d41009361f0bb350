package io.nodejoin.agent.preflight;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Finding.Severity;
import java.util.function.Predicate;

/**
 * A property that a host must or should have before it joins.
 *
 * @param name stable, in kebab case; the agent's configuration can ignore the check by it
 * @param severity an error fails a join, a warning is only reported
 * @param code the error code of a join that fails for this check alone
 * @param expectation the expected property
 * @param remedy the command or action that repairs it
 * @param precomputable whether a join may use a result from while the agent waited for work, since the check takes long
 * @param probe runs the check; read-only
 */
public record HostCheck(
        String name,
        Severity severity,
        ErrorCode code,
        String expectation,
        String remedy,
        Predicate<HostExpectation> precomputable,
        Probe probe) {

    /** Runs a check. */
    @FunctionalInterface
    public interface Probe {
        /**
         * Checks the host.
         *
         * @throws io.nodejoin.agent.host.HostException if the state of the host cannot be read
         */
        CheckResult check(CheckContext host);
    }

    /** Creates a check whose failure fails a join. */
    static HostCheck error(String name, String expectation, String remedy, Probe probe) {
        return new HostCheck(
                name, Severity.ERROR, ErrorCode.HOST_PREFLIGHT_FAILED, expectation, remedy, _ -> false, probe);
    }

    /** Creates a check whose failure is only reported. */
    static HostCheck warning(String name, String expectation, String remedy, Probe probe) {
        return new HostCheck(
                name, Severity.WARNING, ErrorCode.HOST_PREFLIGHT_FAILED, expectation, remedy, _ -> false, probe);
    }

    HostCheck failingWith(ErrorCode other) {
        return new HostCheck(name, severity, other, expectation, remedy, precomputable, probe);
    }

    /** Precomputed while the agent waits for work, unless the join itself decides what is checked. */
    HostCheck precomputedUnless(Predicate<HostExpectation> decided) {
        return new HostCheck(name, severity, code, expectation, remedy, decided.negate(), probe);
    }
}
