package io.nodejoin.workflows.gateway;

import io.nodejoin.protocol.agent.HostLogLine;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a host's log.
 *
 * @param connected whether the agent is connected to this replica
 * @param instance the agent process that sent the lines; null if none has sent any
 * @param lines oldest first; those after the reader's last one, or all that are kept if the reader knows another process
 */
public record HostLogPage(boolean connected, @Nullable UUID instance, List<HostLogLine> lines) {
    public HostLogPage {
        lines = List.copyOf(lines);
    }
}
