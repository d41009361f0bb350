package io.nodejoin.workflows.node;

import io.nodejoin.protocol.agent.HostFacts;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the registration of a node.
 *
 * @param approvedAt when the join's certificate was approved, by the API server that approved it; a Node that was created before is not
 *     ours, as far as the clocks of two API servers can tell
 * @param machineId what the host said of itself: a Node that may be older than its approval is ours only if it says the same
 * @param systemUuid what its firmware said
 * @param deadline when waiting ends
 */
public record RegistrationRequest(
        NodeRef node,
        Instant approvedAt,
        String machineId,
        @Nullable String systemUuid,
        Instant deadline) {

    /** Of a host that said this of itself. Creation times of objects have no fraction of a second, so {@code approvedAt} loses its own. */
    public static RegistrationRequest of(NodeRef node, HostFacts facts, Instant approvedAt, Instant deadline) {
        return new RegistrationRequest(
                node, approvedAt.truncatedTo(ChronoUnit.SECONDS), facts.machineId(), facts.systemUuid(), deadline);
    }
}
