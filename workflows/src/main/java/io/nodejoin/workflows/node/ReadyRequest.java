package io.nodejoin.workflows.node;

import io.nodejoin.protocol.event.Taint;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a Ready node.
 *
 * @param readyAfter a Ready heartbeat before this instant does not count
 * @param machineId what the host said of itself; a Node that says otherwise is another machine
 * @param readyGates what is waited for as well: condition types and DaemonSets, as {@code JoinRequested} words them
 */
public record ReadyRequest(
        NodeIdentity node,
        Instant readyAfter,
        String machineId,
        @Nullable String systemUuid,
        Map<String, String> labels,
        List<Taint> taints,
        List<String> readyGates,
        Instant deadline) {
    public ReadyRequest {
        labels = new TreeMap<>(labels);
        taints = List.copyOf(taints);
        readyGates = List.copyOf(readyGates);
    }
}
