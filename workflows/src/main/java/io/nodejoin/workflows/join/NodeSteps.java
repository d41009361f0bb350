package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.compensation.CompensatingAction;
import io.nodejoin.workflows.compensation.Compensation;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeCreationResult;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeObject;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.temporal.LocalActivities;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Steps of a join on its Node. Each registers its compensation, acts, and throws the problem of an unwanted result. */
final class NodeSteps {
    private final Supplier<JoinPlan> plan;
    private final Enrollment enrollment;
    private final Compensation compensation;
    private final LocalActivities localActivities;

    NodeSteps(
            Supplier<JoinPlan> plan,
            Enrollment enrollment,
            Compensation compensation,
            LocalActivities localActivities) {
        this.plan = plan;
        this.enrollment = enrollment;
        this.compensation = compensation;
        this.localActivities = localActivities;
    }

    /** Creates the Node, so that the kubelet finds it, and returns its UID; null if the kubelet shall create it. */
    @Nullable String createNode() {
        if (plan().request().policy().nodeObject() == NodeObject.KUBELET) {
            return null;
        }
        compensation.register(new CompensatingAction.DeleteCreatedNode(plan().createdNode(), null));
        NodeCreationResult result = localActivities.call(
                NodeActivities.class,
                StepOptions.write("Create node " + plan().nodeName() + ", attempt " + plan().attempt()),
                activities -> activities.create(plan().nodeCreation()));
        return switch (result) {
            case NodeCreationResult.Created(String uid) -> {
                compensation.register(new CompensatingAction.DeleteCreatedNode(plan().createdNode(), uid));
                yield uid;
            }
            case NodeCreationResult.NameTaken(String detail) ->
                throw JoinFailures.of(ErrorCode.NODE_NAME_IN_USE, detail);
        };
    }

    /** Returns the Node as it registered, or as Ready if it was so right after. */
    NodeState.Present awaitRegistered(JoinState.CertificateIssued state) {
        NodeActivities nodes = watchNodeActivities(
                "Wait for registration of node ", StepOptions.REGISTRATION_TIMEOUT.plus(StepOptions.PROMPT_READY));
        NodeState answer = nodes.awaitRegistered(plan().registrationRequest(
                        state, plan().capAtDeadline(WorkflowTime.now(), StepOptions.REGISTRATION_TIMEOUT)));
        NodeState.Present node = switch (answer) {
            case NodeState.Present present -> present;
            case NodeState.Failed refused -> throw JoinFailures.of(refused.problem());
        };
        compensation.register(new CompensatingAction.DeleteNode(new NodeIdentity(plan().node(), node.uid())));
        compensation.withdraw(CompensatingAction.DeleteCreatedNode.class);
        return node;
    }

    /** Records the node, so that a later request finds that it has joined, and a leave that a join created it. */
    boolean recordJoinedNode(JoinState.KubeletStarted state, String uid) {
        JoinedNode node =
                plan().joinedNode(uid, state.facts(), enrollment.publicKey().orElseThrow());
        localActivities.run(
                NodeActivities.class,
                StepOptions.write("Record the machine of node " + plan().nodeName()),
                activities -> activities.recordJoined(node));
        return true;
    }

    /** Waits for a Ready node, unless it is so already; once more if the deadline was extended meanwhile. */
    NodeState.Ready awaitReady(JoinState.KubeletStarted state, NodeState.Present node) {
        if (node instanceof NodeState.Ready ready) {
            return ready;
        }
        while (true) {
            Instant deadline = plan().deadline();
            switch (awaitReadyOnce(state, node.uid())) {
                case NodeState.Ready ready -> {
                    return ready;
                }
                case NodeState.Failed late
                when late.problem().code() == ErrorCode.NODE_NOT_READY
                        && plan().deadline().isAfter(deadline) -> {}
                case NodeState.Failed refused -> throw JoinFailures.of(refused.problem());
                case NodeState.Registered _ ->
                    throw JoinFailures.of(ErrorCode.INTERNAL, "a node was reported as registered instead of Ready");
            }
        }
    }

    private NodeState awaitReadyOnce(JoinState.KubeletStarted state, String uid) {
        Instant now = WorkflowTime.now();
        return watchNodeActivities("Wait for Ready of node ", Duration.between(now, plan().readyDeadline(now)))
                .awaitReady(plan().readyRequest(state, uid, now));
    }

    private NodeActivities watchNodeActivities(String summary, Duration limit) {
        return Workflow.newActivityStub(NodeActivities.class, StepOptions.watch(summary + plan().nodeName(), limit));
    }

    private JoinPlan plan() {
        return plan.get();
    }
}
