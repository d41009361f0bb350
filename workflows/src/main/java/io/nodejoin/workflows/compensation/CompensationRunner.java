package io.nodejoin.workflows.compensation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.workflows.failure.JoinFailures;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.temporal.WorkflowTime;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Runs compensations of a join or a leave and collects those that failed, a line each. */
public final class CompensationRunner {
    private static final Logger LOG = Workflow.getLogger(CompensationRunner.class);
    private static final Set<ErrorCode> RIGHTS_OR_OBJECTS_MISSING =
            EnumSet.of(ErrorCode.CLUSTER_AUTH_FAILED, ErrorCode.CLUSTER_NOT_PREPARED);

    private final NodeName node;
    private final List<String> residue = new ArrayList<>();
    private @Nullable Instant unauthorizedUntil;

    /** @param node for the log */
    public CompensationRunner(NodeName node) {
        this.node = node;
    }

    public void addResidue(String line) {
        residue.add(line);
    }

    /** Adds a line for each thing that a reset has left on the host, which then cannot be used again. */
    public void addResidue(HostResult.HostReset reset) {
        reset.residue()
                .forEach(finding -> residue.add("Host: " + ErrorCode.HOST_ROLLBACK_INCOMPLETE + ": " + finding.detail()
                        + " (" + finding.remedy() + ")"));
    }

    public List<String> residue() {
        return List.copyOf(residue);
    }

    /**
     * Runs one compensation. A cluster that rejects the service's credential may accept a rotated one, and one that lacks an object may be
     * prepared again, so the action is retried for {@link StepOptions#UNAUTHORIZED_RETRY_TIME} after the first rejection of any action. A
     * failure becomes a line of residue.
     *
     * @param action receives the summary for the history
     * @return whether the action succeeded
     */
    public boolean run(String summary, Consumer<String> action) {
        try {
            while (isUnauthorized(summary, action)) {
                WorkflowTime.timer("Pause before: " + summary, StepOptions.UNAUTHORIZED_RETRY_INTERVAL)
                        .get();
            }
            return true;
        } catch (TemporalFailure failure) {
            Problem problem = JoinFailures.problemOf(failure);
            LOG.atError()
                    .addKeyValue("node", node)
                    .addKeyValue("compensation", summary)
                    .log("compensation failed");
            residue.add(summary + ": " + problem.code() + ": " + problem.detail());
            return false;
        }
    }

    private boolean isUnauthorized(String summary, Consumer<String> action) {
        try {
            action.accept(summary);
            return false;
        } catch (TemporalFailure failure) {
            if (!RIGHTS_OR_OBJECTS_MISSING.contains(
                    JoinFailures.problemOf(failure).code())) {
                throw failure;
            }
            Instant now = WorkflowTime.now();
            if (unauthorizedUntil == null) {
                unauthorizedUntil = now.plus(StepOptions.UNAUTHORIZED_RETRY_TIME);
            }
            if (!now.isBefore(unauthorizedUntil)) {
                throw failure;
            }
            return true;
        }
    }
}
