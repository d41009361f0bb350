package io.nodejoin.workflows.gateway;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who asks to enroll as the agent of a node for which no join runs, or whose join waits for its turn. Nothing of
 * it is proved.
 *
 * @param node the node that it claims to be
 * @param since when it asked first
 * @param profile the profile for which it has prepared its host; null if it has not
 * @param reason why its join waits for its turn; null if no join of the node runs
 */
public record WaitingAgent(
        NodeRef node,
        String address,
        Instant since,
        @Nullable HostProfile profile,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reason) {}
