package io.nodejoin.activities.event;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import java.time.Instant;

/**
 * A join that was accepted and whose outcome is still owed.
 *
 * @param run that owes it
 * @param uid of the entry itself
 */
public record OpenJoin(
        ClusterName cluster, NodeName node, JoinId joinId, Instant acceptedAt, WorkflowRun run, String uid) {}
