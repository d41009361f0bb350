package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.cleanup.CleanupRequest;
import io.nodejoin.workflows.cleanup.NodeCleanupWorkflow;
import io.nodejoin.workflows.lifecycle.DedupeWindow;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.nodejoin.workflows.lifecycle.NodeWorkflows;
import io.temporal.api.command.v1.ContinueAsNewWorkflowExecutionCommandAttributes;
import io.temporal.api.common.v1.Memo;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.SearchAttributes;
import io.temporal.internal.common.SearchAttributesUtil;
import java.util.Objects;

/** The start parameters of a run. */
record RunStart(String workflowId, String type, Payloads input, Memo memo, SearchAttributes attributes) {

    /** The parameters of a start by the service. */
    static RunStart of(String workflowId, NodeRequest request) {
        Memo.Builder memo = Memo.newBuilder();
        NodeWorkflows.memo(request, DedupeWindow.EMPTY)
                .forEach((key, value) -> memo.putFields(
                        key, WorkflowExecutor.CONVERTER.toPayload(value).orElseThrow()));
        return new RunStart(
                workflowId,
                NodeWorkflows.workflowType(request),
                WorkflowExecutor.CONVERTER.toPayloads(request).orElseThrow(),
                memo.build(),
                Objects.requireNonNull(SearchAttributesUtil.encodeTyped(NodeWorkflows.searchAttributes(request))));
    }

    /** The parameters of a start of a cleanup. */
    static RunStart of(CleanupRequest request) {
        return new RunStart(
                NodeCleanupWorkflow.workflowId(request.node().cluster(), request.joinId()),
                NodeCleanupWorkflow.class.getSimpleName(),
                WorkflowExecutor.CONVERTER.toPayloads(request).orElseThrow(),
                Memo.getDefaultInstance(),
                SearchAttributes.getDefaultInstance());
    }

    /** These parameters, with the proof of an agent that waited for the start. */
    RunStart with(NodeRequest request, EnrollmentProof enrollment) {
        Payloads both =
                WorkflowExecutor.CONVERTER.toPayloads(request, enrollment).orElseThrow();
        return new RunStart(workflowId, type, both, memo, attributes);
    }

    /** The parameters of a run that continues this one as new. */
    static RunStart of(String workflowId, ContinueAsNewWorkflowExecutionCommandAttributes wanted) {
        return new RunStart(
                workflowId,
                wanted.getWorkflowType().getName(),
                wanted.getInput(),
                wanted.getMemo(),
                wanted.getSearchAttributes());
    }
}
