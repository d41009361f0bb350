package io.nodejoin.workflows.hostcommand;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import org.jspecify.annotations.Nullable;

/**
 * One assignment for the host enrolled as this cluster's node.
 *
 * @param failure why the join takes back what it did on the host; absent if it does not, or was aborted
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostCommandRequest(
        ClusterName cluster,
        Assignment assignment,
        @Nullable ErrorCode failure) {}
