package io.nodejoin.cli;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.service.config.NearestName;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeLeaveWorkflow;
import io.nodejoin.workflows.node.NodeRef;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.client.WorkflowNotFoundException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The joins and leaves that Temporal knows: the one place where commands list them. It needs no worker. */
final class NodeRuns {
    private static final String JOIN = NodeJoinWorkflow.class.getSimpleName();
    private static final String LEAVE = NodeLeaveWorkflow.class.getSimpleName();
    private static final int HISTORY = 50;
    /** So many of the latest requests are searched for a name that is like an unknown one. */
    private static final int NAMES = 500;

    private final WorkflowClient client;
    private final TemporalCalls calls;

    NodeRuns(WorkflowClient client, TemporalCalls calls) {
        this.client = client;
        this.calls = calls;
    }

    /** Which requests are wanted; null for those of any value. */
    record Filter(
            @Nullable String cluster,
            @Nullable Phase phase,
            @Nullable ErrorCode code,
            @Nullable Instant since,
            boolean onlyOpen) {
        static final Filter ALL = new Filter(null, null, null, null, false);

        String query() {
            List<String> conditions = new ArrayList<>();
            conditions.add("WorkflowType IN ('" + JOIN + "', '" + LEAVE + "')");
            if (cluster != null) {
                conditions.add("NodeJoinCluster = '" + cluster + "'");
            }
            if (phase != null) {
                conditions.add("NodeJoinPhase = '" + phase + "'");
            }
            if (code != null) {
                conditions.add("NodeJoinReason = '" + code + "'");
            }
            if (since != null) {
                conditions.add("StartTime >= '" + since + "'");
            }
            if (onlyOpen) {
                conditions.add("ExecutionStatus = 'Running'");
            }
            return String.join(" AND ", conditions);
        }
    }

    /** Returns the requests, those that run first, then the newest. */
    List<NodeRun> list(Filter filter, int limit) {
        return list(filter.query(), limit);
    }

    /** Returns the requests for a node, the newest first. Throws with a similar name if there is none. */
    List<NodeRun> history(NodeRef node) {
        String id = NodeJoinWorkflow.workflowId(node.cluster(), node.name());
        List<NodeRun> found = list("WorkflowId = '" + id + "'", HISTORY);
        if (found.isEmpty()) {
            // The list of a request that has just started may not have it yet.
            return List.of(calls.call(() -> describe(id)).orElseThrow(() -> unknown(node)));
        }
        return found;
    }

    private Optional<NodeRun> describe(String id) {
        try {
            return Optional.of(NodeRun.of(client.newUntypedWorkflowStub(id).describe()));
        } catch (WorkflowNotFoundException _) {
            return Optional.empty();
        }
    }

    private List<NodeRun> list(String query, int limit) {
        return calls.call(() -> {
            try (Stream<WorkflowExecutionMetadata> found = client.listExecutions(query)) {
                return found.limit(limit).map(NodeRun::of).toList();
            }
        });
    }

    private CliException unknown(NodeRef node) {
        String reference = node.cluster() + "/" + node.name();
        String similar = NearestName.of(
                        reference,
                        list(Filter.ALL, NAMES).stream().map(NodeRun::reference).collect(Collectors.toSet()))
                .map(name -> "; did you mean " + name + "?")
                .orElse("; nodejoin list shows the nodes that are known");
        return new CliException(
                ExitCodes.NOT_FOUND,
                "no join of " + node.name() + " to " + node.cluster() + " is known" + similar,
                null);
    }
}
