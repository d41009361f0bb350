package io.nodejoin.agent.gateway;

import io.nodejoin.protocol.NodeName;

/** Announces a machine to its pool. */
public interface MachineAnnouncer extends AutoCloseable {
    /** Asks which node the machine becomes, and waits for as long as the gateway holds the request. Can be repeated. */
    Answer announce() throws InterruptedException;

    /** Ends the connection. Idempotent. */
    @Override
    void close();

    /** What the gateway says of the machine. */
    sealed interface Answer {
        /** A join has taken the machine for this node. */
        record Assigned(NodeName node) implements Answer {}

        /** The machine waits: no join has it. */
        record Waits() implements Answer {}

        /** It is unknown whether a join has the machine. */
        record Unanswered(GatewayResponse response) implements Answer {}
    }
}
