package io.nodejoin.agent.preflight;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Finding.Severity;
import java.util.function.Predicate;

/**
 * One thing that a host must or should be like before it joins.
 *
 * @param name stable, in kebab case; by it the check can be ignored
 * @param severity an error ends a join, a warning is reported
 * @param code the error code of a join that this check alone ends
 * @param expectation what the host is expected to be like
 * @param remedy the command or action that repairs it
 * @param precomputable whether a join reports what was seen while the agent waited for work, since looking takes long
 * @param probe finds out; changes nothing
 */
public record HostCheck(
        String name,
        Severity severity,
        ErrorCode code,
        String expectation,
        String remedy,
        Predicate<HostExpectation> precomputable,
        Probe probe) {

    /** How a check finds out. */
    @FunctionalInterface
    public interface Probe {
        /**
         * Looks at the host.
         *
         * @throws io.nodejoin.agent.host.HostException if it cannot be found out
         */
        CheckResult check(CheckContext host);
    }

    /** A check without which no join goes on. */
    static HostCheck error(String name, String expectation, String remedy, Probe probe) {
        return new HostCheck(
                name, Severity.ERROR, ErrorCode.HOST_PREFLIGHT_FAILED, expectation, remedy, _ -> false, probe);
    }

    /** A check that is only reported. */
    static HostCheck warning(String name, String expectation, String remedy, Probe probe) {
        return new HostCheck(
                name, Severity.WARNING, ErrorCode.HOST_PREFLIGHT_FAILED, expectation, remedy, _ -> false, probe);
    }

    HostCheck failingWith(ErrorCode other) {
        return new HostCheck(name, severity, other, expectation, remedy, precomputable, probe);
    }

    /** Looked at ahead, but in a join that decides itself what is looked for. */
    HostCheck precomputedUnless(Predicate<HostExpectation> decided) {
        return new HostCheck(name, severity, code, expectation, remedy, decided.negate(), probe);
    }
}
