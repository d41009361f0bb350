package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.temporal.LocalActivities;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Steps of a join that ask the cluster, for itself and for the name. Each throws the problem of an unwanted result. */
final class ClusterSteps {
    private final Supplier<JoinPlan> plan;
    private final Enrollment enrollment;
    private final LocalActivities localActivities;
    private @Nullable Instant nameQuarantinedUntil;

    ClusterSteps(Supplier<JoinPlan> plan, Enrollment enrollment, LocalActivities localActivities) {
        this.plan = plan;
        this.enrollment = enrollment;
        this.localActivities = localActivities;
    }

    DiscoveryInfo ensureClusterInfo() {
        String summary = "Ensure cluster-info of " + plan().spec().cluster();
        return localActivities.call(
                ClusterInfoActivities.class,
                StepOptions.read(summary),
                activities -> activities.ensure(plan().spec().cluster()));
    }

    /** Checks the name; waits for what is left of an earlier node. A declared re-join accepts a name that is still in use. */
    NameAvailability checkName() {
        NameAvailability state = inspectName();
        if (plan().spec().declaresRejoin()) {
            return state;
        }
        Instant end = WorkflowTime.now().plus(StepOptions.FREE_NAME_TIMEOUT);
        while (state instanceof NameAvailability.Temporary && WorkflowTime.now().isBefore(end)) {
            String summary = "Wait until nothing is left of an earlier node " + plan().nodeName();
            WorkflowTime.timer(summary, StepOptions.POLL_INTERVAL).get();
            state = inspectName();
        }
        requireFree(state);
        return state;
    }

    private NameAvailability inspectName() {
        String summary = "Inspect node name " + plan().nodeName();
        return localActivities.call(
                NodeActivities.class,
                StepOptions.read(summary),
                activities -> activities.checkName(plan().nameCheckRequest()));
    }

    private static void requireFree(NameAvailability state) {
        switch (state) {
            case NameAvailability.Taken taken -> throw JoinFailures.of(ErrorCode.NODE_NAME_IN_USE, taken.detail());
            case NameAvailability.Temporary left -> throw JoinFailures.of(ErrorCode.NODE_NAME_IN_USE, left.detail());
            case NameAvailability.Free _, NameAvailability.AlreadyJoined _ -> {}
        }
    }

    /** Returns the requested node, if it has already joined. */
    Optional<NameAvailability.AlreadyJoined> findAlreadyJoined(NameAvailability availability) {
        return availability instanceof NameAvailability.AlreadyJoined own
                        && !plan().spec().declaresRejoin()
                ? Optional.of(own)
                : Optional.empty();
    }

    /** Requires that no quarantine keeps this machine from the name. */
    void requireNotQuarantined(NameAvailability availability, HostFacts facts) {
        if (availability instanceof NameAvailability.Free free && free.quarantine() != null) {
            NameQuarantine quarantine = free.quarantine();
            quarantine.problemFor(facts.machineId()).ifPresent(problem -> {
                nameQuarantinedUntil = quarantine.until();
                throw JoinFailures.of(problem);
            });
        }
    }

    /** Returns when the quarantine of the name ends, if it applies to this machine. */
    @Nullable Instant nameQuarantinedUntil() {
        return nameQuarantinedUntil;
    }

    /** Deletes the machine's earlier Node: the last step of a declared re-join before its token. */
    void freeName(NameAvailability availability, HostFacts facts) {
        if (availability instanceof NameAvailability.Free) {
            return;
        }
        NodeActivities nodes = Workflow.newActivityStub(
                NodeActivities.class,
                StepOptions.watch("Delete the earlier node " + plan().nodeName(), StepOptions.FREE_NAME_TIMEOUT));
        NameAvailability freedName =
                nodes.freeName(plan().freeNameRequest(enrollment.publicKey().orElseThrow(), facts, WorkflowTime.now()));
        requireFree(freedName);
        requireNotQuarantined(freedName, facts);
    }

    private JoinPlan plan() {
        return plan.get();
    }
}
