package io.nodejoin.workflows.join;

import io.nodejoin.protocol.Phase;
import io.temporal.common.SearchAttributes;
import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.Workflow;
import java.util.Map;

/** The runs of a node's workflow: what each says of itself from its start, and how one follows another. */
public final class NodeRuns {
    private NodeRuns() {}

    /** The memo of a run for this request. */
    public static Map<String, Object> memo(NodeRequest request) {
        return Map.of(
                JoinMemo.JOIN_ID, request.joinId().value(),
                JoinMemo.GENERATION, request.generation().toString());
    }

    /** The search attributes of a run for this request. */
    public static SearchAttributes attributes(NodeRequest request) {
        return SearchAttributes.newBuilder()
                .set(JoinAttributes.CLUSTER, request.node().cluster().value())
                .set(JoinAttributes.NODE, request.node().node().value())
                .set(JoinAttributes.PHASE, Phase.Requested.name())
                .build();
    }

    /** Ends this run and begins one for this request in the same moment; does not return. */
    static void continueWith(NodeRequest next) {
        Workflow.continueAsNew(
                ContinueAsNewOptions.newBuilder()
                        .setMemo(memo(next))
                        .setTypedSearchAttributes(attributes(next))
                        .build(),
                next);
    }
}
