package io.nodejoin.workflows.gateway;

import java.util.List;

/**
 * The agents at one gateway replica, those that have been there longest first.
 *
 * @param connectedCount how many are connected; the list has the first {@link #MAX_LISTED}
 * @param waitingCount how many wait for a request; the list has the first {@link #MAX_LISTED}
 */
public record GatewayAgents(
        int connectedCount, List<ConnectedAgent> connected, int waitingCount, List<WaitingAgent> waiting) {
    /** Temporal limits the answer to a query. */
    public static final int MAX_LISTED = 500;

    public GatewayAgents {
        connected = List.copyOf(connected);
        waiting = List.copyOf(waiting);
    }
}
