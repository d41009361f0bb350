package io.nodejoin.workflows.pool;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.RequestedMachine;
import java.time.Instant;

/**
 * A join needs a machine.
 *
 * @param workflowId of the join's workflow
 * @param runId of its run, which alone gets the answer
 * @param since the event's time: the oldest request of a pool is served first
 * @param deadline when it no longer needs one
 */
public record BindRequest(
        JoinId joinId,
        NodeName node,
        String workflowId,
        String runId,
        Instant since,
        Instant deadline,
        RequestedMachine wanted) {}
