package io.nodejoin.workflows.leave;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.compensation.CompensationRunner;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.ServingCertificateActivities;
import io.nodejoin.workflows.drain.CordonRequest;
import io.nodejoin.workflows.drain.DrainActivities;
import io.nodejoin.workflows.drain.DrainRequest;
import io.nodejoin.workflows.drain.DrainResult;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.LeaveRequest;
import io.nodejoin.workflows.lifecycle.MemoKeys;
import io.nodejoin.workflows.lifecycle.NodeWorkflows;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeOwnership;
import io.nodejoin.workflows.pool.PoolOwner;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The steps of a leave, and the compensation of the first ones. */
final class LeaveSteps {
    private final LeaveRequest request;
    private final HostCommandClient host;
    private final CompensationRunner compensation;
    private @Nullable Enrollment enrollment;
    private @Nullable NodeIdentity cordoned;
    private boolean isKeyWiped;

    LeaveSteps(LeaveRequest request, HostCommandClient host) {
        this.request = request;
        this.host = host;
        this.compensation = new CompensationRunner(request.node().name());
    }

    /** Finds the owner. Of a machine that is said to be gone it requires that the Node is silent, or will be soon. */
    NodeOwnership findOwner() {
        NodeOwnership owner = inspectOwner();
        Instant end = WorkflowTime.now().plus(StepOptions.SILENCE_TIMEOUT);
        while (request.spec().skipsHostReset() && owner instanceof NodeOwnership.Managed managed && managed.alive()) {
            if (!WorkflowTime.now().isBefore(end)) {
                throw JoinFailures.of(
                        ErrorCode.HOST_NOT_GONE, "the kubelet of " + nodeName() + " goes on renewing its Lease");
            }
            WorkflowTime.timer("Wait until node " + nodeName() + " is silent", StepOptions.SILENCE_POLL_INTERVAL)
                    .get();
            owner = inspectOwner();
        }
        if (owner instanceof NodeOwnership.Managed managed) {
            JoinedNode node = managed.joinedNode();
            enrollment = new Enrollment(request.joinId(), node.enrollment(), node.publicKey());
            Map<String, Object> memo = new TreeMap<>(Map.of(MemoKeys.ENROLLMENT, node.enrollment()));
            Optional.ofNullable(node.spec())
                    .flatMap(NodeWorkflows::machine)
                    .ifPresent(machine -> memo.put(MemoKeys.MACHINE, machine));
            Workflow.upsertMemo(memo);
        }
        return owner;
    }

    private NodeOwnership inspectOwner() {
        NodeOwnership owner = Workflow.newActivityStub(
                        NodeActivities.class, StepOptions.read("Find the owner of node " + nodeName()))
                .findOwner(request.node());
        if (owner instanceof NodeOwnership.Managed managed) {
            requirePool(managed.joinedNode());
        }
        return owner;
    }

    private void requirePool(JoinedNode node) {
        PoolName required = request.pool();
        if (required != null && !required.equals(node.pool())) {
            throw JoinFailures.of(
                    ErrorCode.NODE_NOT_IN_POOL,
                    "the join that made the Node " + nodeName() + " did not name the pool " + required);
        }
    }

    /** Returns the enrollment of the join that created the node, once it is known. */
    Optional<Enrollment> enrollment() {
        return Optional.ofNullable(enrollment);
    }

    void cordon(NodeOwnership.Managed node) {
        if (!node.cordoned()) {
            cordoned = node.joinedNode().identity();
            Workflow.newActivityStub(DrainActivities.class, StepOptions.write("Cordon node " + nodeName()))
                    .cordon(new CordonRequest(node.joinedNode().identity(), true, request.joinId()));
        }
    }

    /** Drains the node. Returns the pods that remain on it if the leave is forced. */
    List<String> drain(JoinedNode node) {
        Duration limit = Duration.between(WorkflowTime.now(), request.deadline());
        DrainActivities drains = Workflow.newActivityStub(
                DrainActivities.class,
                StepOptions.watchWithEffects("Drain node " + nodeName(), limit.isNegative() ? Duration.ZERO : limit));
        DrainResult result = drains.evict(new DrainRequest(
                node.identity(), request.deadline(), request.spec().gracePeriodSeconds()));
        return switch (result) {
            case DrainResult.Drained _ -> List.of();
            case DrainResult.Blocked(List<String> remainingPods)
            when request.spec().leavesDespitePods() -> remainingPods;
            case DrainResult.Blocked(List<String> remainingPods) ->
                throw JoinFailures.of(
                        ErrorCode.DRAIN_BLOCKED,
                        "not evicted by " + request.deadline() + ": " + String.join("; ", remainingPods));
        };
    }

    /** Uncordons the node, unless it was cordoned before the leave. Returns the residue. */
    List<String> uncordon() {
        NodeIdentity node = cordoned;
        if (node != null) {
            compensation.run(
                    "Uncordon node " + nodeName(),
                    summary -> Workflow.newActivityStub(DrainActivities.class, StepOptions.compensation(summary))
                            .cordon(new CordonRequest(node, false, request.joinId())));
        }
        return compensation.residue();
    }

    /** Resets the host, then deletes the Node, so that the kubelet does not register again. Failures become residue. */
    List<String> resetAndDelete(LeaveState.Drained drained) {
        JoinedNode node = drained.node();
        drained.remainingPods().forEach(pod -> compensation.addResidue("Pod: " + pod));
        int before = compensation.residue().size();
        resetHost(node);
        List<String> onHost =
                compensation.residue().subList(before, compensation.residue().size());
        AllowedServingSans sans = new AllowedServingSans(node.identity(), node.joinId(), List.of());
        compensation.run(
                "Disallow serving SANs of node " + nodeName(),
                summary -> Workflow.newActivityStub(
                                ServingCertificateActivities.class,
                                StepOptions.byApprover(StepOptions.compensation(summary)))
                        .disallowSans(sans));
        compensation.run(
                "Delete node " + nodeName(),
                summary -> Workflow.newActivityStub(NodeActivities.class, StepOptions.compensation(summary))
                        .delete(node.identity()));
        PoolOwner.release(request.node(), node.joinId(), node.spec(), onHost);
        return compensation.residue();
    }

    /** Of a Node that is gone: whoever deleted it did not reset the host. */
    void releaseMachine() {
        PoolName pool = request.pool();
        if (pool != null) {
            PoolOwner.releaseWithoutReset(request.node(), pool);
        }
    }

    private void resetHost(JoinedNode node) {
        if (request.spec().skipsHostReset()) {
            compensation.addResidue("Host: not reset: the request says that it is gone");
            return;
        }
        boolean connected = WorkflowTime.awaitWithCatchUp(
                "Wait for the worker-agent of " + nodeName(), StepOptions.AGENT_CONNECT_TIMEOUT, host::isConnected);
        if (connected) {
            compensation.run("Reset the host", _ -> executeReset());
        } else {
            compensation.addResidue("Host: not reset: its agent did not connect within "
                    + StepOptions.AGENT_CONNECT_TIMEOUT.toMinutes() + " min (destroy the machine, or reset it)");
        }
        if (!isKeyWiped) {
            quarantineName(node);
        }
    }

    /** A repeated reset reports the key that an earlier one wiped. */
    private void executeReset() {
        HostResult.HostReset done = host.execute(
                host.nextAssignment(
                        new HostCommand.ResetHost(), WorkflowTime.now().plus(StepOptions.RESET_COMMAND_TTL)),
                HostResult.HostReset.class,
                StepOptions.RESET_HOST_TIMEOUT,
                ErrorCode.HOST_RESET_FAILED);
        isKeyWiped = done.wipedKeyDigest() != null;
        compensation.addResidue(done);
    }

    /** Quarantines the name: the host may still have the kubelet's key, and a running kubelet renews its certificate. */
    private void quarantineName(JoinedNode node) {
        NameQuarantine quarantine = new NameQuarantine(
                request.node(),
                node.joinId(),
                node.machineId(),
                WorkflowTime.now().plus(StepOptions.MAX_CERTIFICATE_LIFETIME));
        boolean quarantined = compensation.run(
                "Quarantine node name " + nodeName(),
                summary -> Workflow.newActivityStub(NodeActivities.class, StepOptions.compensation(summary))
                        .quarantineName(quarantine));
        if (quarantined) {
            compensation.addResidue("Name: " + quarantine.describe());
        }
    }

    private String nodeName() {
        return request.node().name().value();
    }
}
