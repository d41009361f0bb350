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
 * @param wants what the host is expected to be like
 * @param remedy the command or action that repairs it
 * @param ahead whether a join reports what was seen while the agent waited for work, since looking takes long
 * @param look finds out; changes nothing
 */
public record HostCheck(
        String name,
        Severity severity,
        ErrorCode code,
        String wants,
        String remedy,
        Predicate<Expectation> ahead,
        Look look) {

    /** How a check finds out. */
    @FunctionalInterface
    public interface Look {
        /**
         * Looks at the host.
         *
         * @throws io.nodejoin.agent.host.HostFailure if it cannot be found out
         */
        Verdict at(CheckedHost host);
    }

    /** A check without which no join goes on. */
    static HostCheck error(String name, String wants, String remedy, Look look) {
        return new HostCheck(name, Severity.ERROR, ErrorCode.HOST_PREFLIGHT_FAILED, wants, remedy, _ -> false, look);
    }

    /** A check that is only reported. */
    static HostCheck warning(String name, String wants, String remedy, Look look) {
        return new HostCheck(name, Severity.WARNING, ErrorCode.HOST_PREFLIGHT_FAILED, wants, remedy, _ -> false, look);
    }

    HostCheck failingWith(ErrorCode other) {
        return new HostCheck(name, severity, other, wants, remedy, ahead, look);
    }

    /** Looked at ahead, but in a join that decides itself what is looked for. */
    HostCheck aheadUnless(Predicate<Expectation> decided) {
        return new HostCheck(name, severity, code, wants, remedy, decided.negate(), look);
    }
}
