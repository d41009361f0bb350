package io.nodejoin.workflows.node;

import io.nodejoin.protocol.event.Taint;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The request to wait until a node is Ready.
 *
 * @param readyAfter a Ready heartbeat before this instant does not count
 * @param machineId the host's machine id; a Node that reports another one is another machine
 * @param readyGates further conditions: condition types and DaemonSets, in the notation of {@code JoinRequested}
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
