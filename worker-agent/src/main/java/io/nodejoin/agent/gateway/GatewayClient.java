package io.nodejoin.agent.gateway;

import io.nodejoin.protocol.agent.HostLogReport;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.ProgressReport;

/** The agent API as the agent uses it. Every method can be repeated with the same arguments. */
public interface GatewayClient extends AutoCloseable {
    /**
     * Enrolls the agent unless it is enrolled, and waits for an assignment for as long as the gateway holds the poll.
     */
    GatewayResponse poll() throws InterruptedException;

    /** Reports the progress of a command. */
    GatewayResponse reportProgress(String assignment, ProgressReport progress) throws InterruptedException;

    /** Reports the result of a command. */
    GatewayResponse reportResult(String assignment, HostResult result) throws InterruptedException;

    /** Reports lines of the host's journal, as {@link HostLogReport} says. */
    GatewayResponse reportLog(HostLogReport report) throws InterruptedException;

    /** Aborts pending requests. Idempotent. */
    @Override
    void close();
}
