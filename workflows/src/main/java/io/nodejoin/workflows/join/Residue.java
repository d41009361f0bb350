package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** What a join or a leave could not take back, a line each. */
final class Residue {
    private static final Logger LOG = Workflow.getLogger(Residue.class);

    private final NodeName node;
    private final List<String> lines = new ArrayList<>();
    private @Nullable Instant refusedUntil;

    /** @param node for the log */
    Residue(NodeName node) {
        this.node = node;
    }

    void add(String line) {
        lines.add(line);
    }

    void addAll(Collection<String> more) {
        lines.addAll(more);
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    /**
     * Takes something back. A cluster that refuses the service's credential may accept the next one, so it is asked again for
     * {@link JoinOptions#REFUSED_UNDO} after its first refusal, whatever it was asked for. What fails becomes a line.
     *
     * @param undo gets what it does, to say so in the history
     * @return whether it is taken back
     */
    boolean undo(String what, Consumer<String> undo) {
        try {
            while (isRefused(what, undo)) {
                WorkflowTime.timer("Pause before: " + what, JoinOptions.REFUSED_UNDO_PAUSE)
                        .get();
            }
            return true;
        } catch (TemporalFailure failure) {
            Problem problem = JoinStop.problemOf(failure);
            LOG.atError().addKeyValue("node", node).addKeyValue("undo", what).log("undo failed");
            lines.add(what + ": " + problem.code() + ": " + problem.detail());
            return false;
        }
    }

    private boolean isRefused(String what, Consumer<String> undo) {
        try {
            undo.accept(what);
            return false;
        } catch (TemporalFailure failure) {
            if (JoinStop.problemOf(failure).code() != ErrorCode.CLUSTER_AUTH_FAILED) {
                throw failure;
            }
            Instant now = WorkflowTime.now();
            if (refusedUntil == null) {
                refusedUntil = now.plus(JoinOptions.REFUSED_UNDO);
            }
            if (!now.isBefore(refusedUntil)) {
                throw failure;
            }
            return true;
        }
    }
}
