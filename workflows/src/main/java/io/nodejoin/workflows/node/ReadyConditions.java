package io.nodejoin.workflows.node;

import io.nodejoin.protocol.event.Taint;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What makes a registered node Ready.
 *
 * @param readyAfter a Ready heartbeat before this instant does not count
 * @param labels labels that are set
 * @param taints taints that are set
 * @param readyGates further conditions: condition types and DaemonSets, in the notation of {@code JoinRequested}
 */
public record ReadyConditions(
        Instant readyAfter, Map<String, String> labels, List<Taint> taints, List<String> readyGates) {
    public ReadyConditions {
        labels = new TreeMap<>(labels);
        taints = List.copyOf(taints);
        readyGates = List.copyOf(readyGates);
    }
}
