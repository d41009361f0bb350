package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.certificate.ServingActivities;
import io.nodejoin.workflows.certificate.ServingInventory;
import io.nodejoin.workflows.drain.CordonOrder;
import io.nodejoin.workflows.drain.DrainActivities;
import io.nodejoin.workflows.drain.DrainOrder;
import io.nodejoin.workflows.drain.DrainResult;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeOwner;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Each step of a leave, and what turns the first ones back. */
final class LeaveSteps {
    private final LeaveRequest request;
    private final HostDialogue host;
    private final Residue residue;
    private @Nullable Enrollment enrollment;
    private @Nullable NodeIdentity cordoned;
    private boolean keyIsWiped;

    LeaveSteps(LeaveRequest request, HostDialogue host) {
        this.request = request;
        this.host = host;
        this.residue = new Residue(request.node().node());
    }

    NodeOwner owner() {
        NodeOwner owner = Workflow.newActivityStub(
                        NodeActivities.class, JoinOptions.controlPlane("Look whose node " + name() + " is"))
                .owner(request.node());
        if (owner instanceof NodeOwner.Ours(JoinedNode node, boolean _)) {
            enrollment = new Enrollment(request.joinId(), node.enrollment(), node.publicKey());
        }
        return owner;
    }

    /** Known once it is known whose the node is. */
    Optional<Enrollment> enrollment() {
        return Optional.ofNullable(enrollment);
    }

    void cordon(NodeOwner.Ours node) {
        if (!node.cordoned()) {
            cordoned = node.node().node();
            Workflow.newActivityStub(DrainActivities.class, JoinOptions.effect("Cordon node " + name()))
                    .cordon(new CordonOrder(node.node().node(), true, request.joinId()));
        }
    }

    /** Returns the pods that are left on a node that is forced to leave. */
    List<String> drain(JoinedNode node) {
        Duration limit = Duration.between(WorkflowTime.now(), request.deadline());
        DrainActivities drains = Workflow.newActivityStub(
                DrainActivities.class,
                JoinOptions.watch("Drain node " + name(), limit.isNegative() ? Duration.ZERO : limit));
        DrainResult result = drains.evict(
                new DrainOrder(node.node(), request.deadline(), request.wanted().gracePeriodSeconds()));
        return switch (result) {
            case DrainResult.Drained _ -> List.of();
            case DrainResult.Blocked(List<String> pods) when request.wanted().goesByForce() -> pods;
            case DrainResult.Blocked(List<String> pods) ->
                throw JoinStop.because(
                        ErrorCode.DRAIN_BLOCKED,
                        "not evicted by " + request.deadline() + ": " + String.join("; ", pods));
        };
    }

    /** Has the scheduler take the node in again, unless it was left out before. */
    List<String> uncordon() {
        NodeIdentity node = cordoned;
        if (node != null) {
            residue.undo(
                    "Uncordon node " + name(),
                    what -> Workflow.newActivityStub(DrainActivities.class, JoinOptions.undo(what))
                            .cordon(new CordonOrder(node, false, request.joinId())));
        }
        return residue.lines();
    }

    /** The kubelet stops before its Node goes, so that it does not register anew. What cannot be done becomes residue. */
    List<String> depart(LeaveState.Drained drained) {
        JoinedNode node = drained.node();
        drained.podsLeft().forEach(pod -> residue.add("Pod: " + pod));
        resetHost(node);
        ServingInventory served = new ServingInventory(node.node(), node.joinId(), List.of());
        residue.undo(
                "Withdraw node " + name() + " from the serving inventory",
                what -> Workflow.newActivityStub(ServingActivities.class, JoinOptions.undo(what))
                        .withdraw(served));
        residue.undo(
                "Remove node " + name(),
                what -> Workflow.newActivityStub(NodeActivities.class, JoinOptions.undo(what))
                        .remove(node.node()));
        return residue.lines();
    }

    private void resetHost(JoinedNode node) {
        if (request.wanted().hasNoHost()) {
            residue.add("Host: not reset: the request says that it is gone");
            return;
        }
        boolean arrived = WorkflowTime.awaitHost(
                "Wait for the worker-agent of " + name(), JoinOptions.AGENT_CONNECTS, host::isConnected);
        if (arrived) {
            residue.undo("Reset the host", _ -> reset());
        } else {
            residue.add("Host: not reset: its agent did not come within " + JoinOptions.AGENT_CONNECTS.toMinutes()
                    + " min (destroy the machine, or reset it)");
        }
        if (!keyIsWiped) {
            holdName(node);
        }
    }

    /** A host that is reset again tells once more of the key that it has wiped before. */
    private void reset() {
        HostResult.HostReset done = host.perform(
                host.next(new HostCommand.ResetHost(), WorkflowTime.now().plus(JoinOptions.RESET_STAYS_VALID)),
                HostResult.HostReset.class,
                JoinOptions.RESET_HOST,
                ErrorCode.HOST_RESET_FAILED);
        keyIsWiped = done.wipedKeyDigest() != null;
        residue.addAll(HostResidue.of(done));
    }

    /** The kubelet's key may lie there still, and it renews its certificate as long as it runs. */
    private void holdName(JoinedNode node) {
        NameHold hold = new NameHold(
                request.node(),
                node.joinId(),
                node.machineId(),
                WorkflowTime.now().plus(JoinOptions.LONGEST_CERTIFICATE));
        boolean held = residue.undo(
                "Hold back node name " + name(),
                what -> Workflow.newActivityStub(NodeActivities.class, JoinOptions.undo(what))
                        .hold(hold));
        if (held) {
            residue.add("Name: " + hold.text());
        }
    }

    private String name() {
        return request.node().node().value();
    }
}
