package io.nodejoin.workflows.join;

import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.node.NodeRef;
import io.temporal.common.SearchAttributes;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.Workflow;
import java.util.Map;
import java.util.Optional;

/** The runs of a node's workflow: what each says of itself from its start, and how one follows another. */
public final class NodeRuns {
    private NodeRuns() {}

    /** The type of the workflow that runs for this request. */
    public static String workflowType(NodeRequest request) {
        return switch (request) {
            case JoinRequest _ -> NodeJoinWorkflow.class.getSimpleName();
            case LeaveRequest _ -> NodeLeaveWorkflow.class.getSimpleName();
        };
    }

    /** What people read of it in Temporal's UI. */
    public static String summary(NodeRequest request) {
        NodeRef node = request.node();
        return switch (request) {
            case JoinRequest _ -> "Join " + node.node() + " to " + node.cluster();
            case LeaveRequest _ -> "Have " + node.node() + " leave " + node.cluster();
        };
    }

    /** The memo of a run for this request. */
    public static Map<String, Object> memo(NodeRequest request, EarlierRequests earlier) {
        return Map.of(
                JoinMemo.JOIN_ID, request.joinId().value(),
                JoinMemo.GENERATION, request.generation().toString(),
                JoinMemo.EARLIER, earlier.text());
    }

    /** The search attributes of a run for this request. */
    public static SearchAttributes attributes(NodeRequest request) {
        return SearchAttributes.newBuilder()
                .set(JoinAttributes.CLUSTER, request.node().cluster().value())
                .set(JoinAttributes.NODE, request.node().node().value())
                .set(JoinAttributes.PHASE, Phase.Requested.name())
                .build();
    }

    /** Notes which requests have come: whoever ends this run from outside, each is recognised should it come again. */
    static void note(Succession succession) {
        Workflow.upsertMemo(Map.of(JoinMemo.EARLIER, seen(succession).text()));
    }

    private static EarlierRequests seen(Succession succession) {
        return EarlierRequests.of((String) Workflow.getMemo(JoinMemo.EARLIER, String.class))
                .and(succession.seen());
    }

    /**
     * Begins the next run, if a request waits for it. A workflow that Temporal cancelled cannot go on with another request, so each one
     * that waits, or comes while it says so, is cancelled too.
     */
    static void makeWay(Succession succession, JoinDiary diary) {
        Optional<NodeRequest> next = succession.take();
        while (next.isPresent()) {
            if (!CancellationScope.current().isCancelRequested()) {
                continueWith(next.get(), seen(succession));
            }
            diary.unbegun(next.get(), JoinStop.CANCELLED);
            diary.awaitTold();
            next = succession.take();
        }
    }

    /** Ends this run and begins one for this request in the same moment; does not return. */
    private static void continueWith(NodeRequest next, EarlierRequests earlier) {
        Workflow.continueAsNew(
                workflowType(next),
                ContinueAsNewOptions.newBuilder()
                        .setMemo(memo(next, earlier))
                        .setTypedSearchAttributes(attributes(next))
                        .build(),
                next);
    }
}
