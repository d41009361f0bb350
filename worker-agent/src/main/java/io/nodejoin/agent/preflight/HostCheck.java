package io.nodejoin.agent.preflight;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Finding.Severity;

/**
 * One thing that a host must or should be like before it joins.
 *
 * @param name stable, in kebab case; by it the check can be ignored
 * @param severity an error ends a join, a warning is reported
 * @param code the error code of a join that this check alone ends
 * @param wants what the host is expected to be like
 * @param remedy the command or action that repairs it
 * @param time when it is looked at
 * @param look finds out; changes nothing
 */
public record HostCheck(
        String name, Severity severity, ErrorCode code, String wants, String remedy, Time time, Look look) {

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

    /** When a check is looked at. */
    public enum Time {
        /** In each join: it is cheap, or depends on what is to be joined. */
        EACH_JOIN,
        /** While the agent waits for work, since it starts a program that takes long; a join reports what was seen then. */
        AHEAD
    }

    /** A check without which no join goes on. */
    static HostCheck error(String name, String wants, String remedy, Look look) {
        return new HostCheck(
                name, Severity.ERROR, ErrorCode.HOST_PREFLIGHT_FAILED, wants, remedy, Time.EACH_JOIN, look);
    }

    /** A check that is only reported. */
    static HostCheck warning(String name, String wants, String remedy, Look look) {
        return new HostCheck(
                name, Severity.WARNING, ErrorCode.HOST_PREFLIGHT_FAILED, wants, remedy, Time.EACH_JOIN, look);
    }

    HostCheck failingWith(ErrorCode other) {
        return new HostCheck(name, severity, other, wants, remedy, time, look);
    }

    HostCheck ahead() {
        return new HostCheck(name, severity, code, wants, remedy, Time.AHEAD, look);
    }
}
