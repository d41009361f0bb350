package io.nodejoin.workflows.cleanup;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.compensation.CompensatingAction;
import io.nodejoin.workflows.compensation.Compensation;
import io.nodejoin.workflows.compensation.CompensationResult;
import io.nodejoin.workflows.compensation.CompensationRunner;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.JoinCertificates;
import io.nodejoin.workflows.drain.CordonRequest;
import io.nodejoin.workflows.drain.DrainActivities;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.CommandTarget;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.pool.PoolOwner;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.nodejoin.workflows.token.TokenRef;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The cleanup: once at once, and once more when no activity of the ended run can act any more. */
public final class NodeCleanupWorkflowImpl implements NodeCleanupWorkflow {
    private final NodeRef node;
    private final JoinId joinId;
    private final CleanupRequest request;
    private final HostCommandClient host;
    private HostResult.@Nullable HostReset hostReset;

    @WorkflowInit
    public NodeCleanupWorkflowImpl(CleanupRequest request) {
        this.request = request;
        this.node = request.node();
        this.joinId = request.joinId();
        this.host = new HostCommandClient(CommandTarget.ofCleanup(node, joinId), request.commandSequence());
    }

    @Override
    public void cleanUp(CleanupRequest wanted) {
        Instant started = WorkflowTime.now();
        while (inspect() instanceof OrphanState.Orphaned orphan) {
            Instant quietFrom =
                    Objects.requireNonNullElse(orphan.endedAt(), started).plus(StepOptions.RUN_QUIET_AFTER);
            boolean isQuiet = !WorkflowTime.now().isBefore(quietFrom);
            CompensationResult result = takeBack(orphan, isQuiet);
            releaseMachine(orphan, result);
            publishOutcomes(orphan, result);
            if (isQuiet) {
                return;
            }
            WorkflowTime.timer(
                            "Wait until no activity of the ended run can act",
                            Duration.between(WorkflowTime.now(), quietFrom))
                    .get();
            List<String> _ = uncordon(orphan); // once more, since a cordon may have been under way
        }
    }

    @Override
    public void agentConnected(AgentConnection connection) {
        host.setConnection(connection);
    }

    private OrphanState inspect() {
        return orphans("Find what request " + joinId + " has left").inspect(request);
    }

    /** @param isQuiet whether no request of the ended run can take effect any more */
    private CompensationResult takeBack(OrphanState.Orphaned orphan, boolean isQuiet) {
        List<Compensation> compensations = compensations(orphan, isQuiet);
        List<Promise<CompensationResult>> running = compensations.stream()
                .map(compensation -> Async.function(compensation::compensate))
                .toList();
        List<String> residue = new ArrayList<>(uncordon(orphan));
        running.forEach(done -> residue.addAll(done.get().residue()));
        residue.addAll(orphan.remains());
        CompensationResult first = running.getFirst().get();
        hostReset = compensations.getFirst().hostReset().orElse(null);
        return new CompensationResult(residue, first.hostMayBeDirty(), first.nameBlockedUntil());
    }

    /** Returns the compensation of the join, with its token if it has one; then those of its other tokens. */
    private List<Compensation> compensations(OrphanState.Orphaned orphan, boolean isQuiet) {
        Compensation first = new Compensation(node, host, hostReset);
        registerHostAndNode(first, orphan);
        List<Compensation> all = new ArrayList<>(List.of(first));
        orphan.tokens().stream().skip(1).forEach(_ -> all.add(new Compensation(node, host)));
        for (int index = 0; index < orphan.tokens().size(); index++) {
            registerToken(all.get(index), orphan.tokens().get(index), isQuiet);
        }
        return all;
    }

    private void registerHostAndNode(Compensation compensation, OrphanState.Orphaned orphan) {
        if (orphan.host() == OrphanState.HostReset.NEEDED) {
            compensation.register(new CompensatingAction.ResetHost());
        }
        NodeIdentity created = orphan.node();
        if (created != null) {
            compensation.register(
                    new CompensatingAction.DisallowServingSans(new AllowedServingSans(created, joinId, List.of())));
            compensation.register(new CompensatingAction.DeleteNode(created));
        }
        JoinCertificates certificates = orphan.certificates();
        if (certificates != null) {
            compensation.register(new CompensatingAction.QuarantineName(
                    node, certificates, orphan.machineId(), orphan.kubeletKeyDigest(), null));
        }
    }

    /** The ledger keeps a token while a request of the ended run may still create it. */
    private void registerToken(Compensation compensation, TokenId id, boolean isQuiet) {
        TokenRef token = new TokenRef(node.cluster(), joinId, id);
        compensation.registerRequested(new CompensatingAction.RevokeToken(token));
        compensation.registerRequested(new CompensatingAction.RemoveSignature(token));
        compensation.register(new CompensatingAction.DenyPendingCsrs(token));
        compensation.register(new CompensatingAction.DenyLateCsrs(token));
        if (isQuiet) {
            compensation.markConfirmed(new CompensatingAction.RevokeToken(token));
            compensation.markConfirmed(new CompensatingAction.RemoveSignature(token));
        }
    }

    private List<String> uncordon(OrphanState.Orphaned orphan) {
        CompensationRunner runner = new CompensationRunner(node.name());
        NodeIdentity cordoned = orphan.cordonedNode();
        if (cordoned != null) {
            runner.run(
                    "Uncordon node " + node.name(),
                    summary -> Workflow.newActivityStub(DrainActivities.class, StepOptions.compensation(summary))
                            .cordon(new CordonRequest(cordoned, false, joinId)));
        }
        return runner.residue();
    }

    /** The pool ignores a second release: the machine is bound to the join no more. */
    private void releaseMachine(OrphanState.Orphaned orphan, CompensationResult result) {
        OrphanState.OrphanedMachine machine = orphan.machine();
        if (machine != null) {
            List<String> residue = new ArrayList<>(machine.residue());
            residue.addAll(result.hostResidue());
            PoolOwner.release(node, machine.pool(), joinId, residue);
        }
    }

    private void publishOutcomes(OrphanState.Orphaned orphan, CompensationResult result) {
        CleanupOutcomes outcomes = new CleanupOutcomes(node, orphan.how(), result, WorkflowTime.now());
        List<OutcomeEvent> events =
                orphan.owed().stream().map(outcomes::outcome).toList();
        if (!events.isEmpty()) {
            Workflow.newActivityStub(EventActivities.class, StepOptions.event("Publish outcomes of " + node.name()))
                    .publish(events);
        }
        if (orphan.isPublished()) {
            orphans("Delete the record of a published outcome").deletePublished(request);
        }
    }

    private static OrphanActivities orphans(String summary) {
        return Workflow.newActivityStub(OrphanActivities.class, StepOptions.compensation(summary));
    }
}
