package io.nodejoin.agent.gateway;

import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.ProgressReport;

/** The agent API as the agent uses it. Every method may be called again with the same values. */
public interface GatewayClient extends AutoCloseable {
    /** Makes sure that this agent is enrolled, and waits for an assignment for as long as the gateway parks the question. */
    GatewayResponse poll() throws InterruptedException;

    /** Says how far a command is. */
    GatewayResponse reportProgress(String assignment, ProgressReport progress) throws InterruptedException;

    /** Says how a command ended. */
    GatewayResponse reportResult(String assignment, HostResult result) throws InterruptedException;

    /** Gives up what is parked. A second call does nothing. */
    @Override
    void close();
}
