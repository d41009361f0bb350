package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.lifecycle.MemoKeys;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Node;
import java.time.Duration;
import java.util.Objects;

/**
 * The garbage collector's part for created Nodes, while other joins run: deletes a Node that a timed-out request has
 * created after its join's end. Those that a workflow could delete are for the {@link EndStateChecks} to find.
 */
final class LateNodes {
    private static final Duration ROUND = Duration.ofSeconds(5);

    private final World world;

    LateNodes(World world) {
        this.world = world;
    }

    void collect() {
        Node node = world.api.node;
        if (node != null && node.joining && node.createdLate && !isRunning(node)) {
            world.trace.add("garbage collector", "deletes " + node.uid);
            world.api.deleteNode(node.uid, "remove");
        }
        world.timeline.scheduleAfter(ROUND, this::collect);
    }

    private boolean isRunning(Node node) {
        String join = Objects.requireNonNull(node.creator).joinId().value();
        return world.temporal.running().filter(run -> join.equals(joinOf(run))).isPresent();
    }

    private static String joinOf(WorkflowRun run) {
        return WorkflowExecutor.CONVERTER.fromPayload(
                run.history
                        .all()
                        .getFirst()
                        .getWorkflowExecutionStartedEventAttributes()
                        .getMemo()
                        .getFieldsOrThrow(MemoKeys.JOIN_ID),
                String.class,
                String.class);
    }
}
