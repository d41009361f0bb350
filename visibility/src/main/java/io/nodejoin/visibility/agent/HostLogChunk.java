package io.nodejoin.visibility.agent;

import io.nodejoin.protocol.agent.HostLogLine;
import java.util.List;

/**
 * What is new in a host's log.
 *
 * @param connected whether the host's agent is connected to a gateway replica
 * @param lines oldest first
 * @param silent the gateway replicas that did not answer, one of which may have the agent
 */
public record HostLogChunk(boolean connected, List<Entry> lines, List<String> silent) {
    public HostLogChunk {
        lines = List.copyOf(lines);
        silent = List.copyOf(silent);
    }

    /**
     * A line.
     *
     * @param afterGap whether lines before it are missing
     */
    public record Entry(HostLogLine line, boolean afterGap) {}
}
