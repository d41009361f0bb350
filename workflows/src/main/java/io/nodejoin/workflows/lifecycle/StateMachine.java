package io.nodejoin.workflows.lifecycle;

import io.nodejoin.workflows.node.NodeRef;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.util.function.Consumer;
import org.slf4j.Logger;

/** The current state of a join or a leave. */
public final class StateMachine<S extends LifecycleState> {
    private static final Logger LOG = Workflow.getLogger(StateMachine.class);

    private final NodeRef node;
    private final Consumer<S> reporter;
    private S current;

    /** @param reporter reports each phase */
    StateMachine(NodeRef node, S initial, Consumer<S> reporter) {
        this.node = node;
        this.reporter = reporter;
        current = initial;
    }

    public S current() {
        return current;
    }

    /** Reports the initial phase. */
    void start() {
        reporter.accept(current);
    }

    /**
     * Changes the state and reports its phase. Throws in a cancelled scope: a step that completed in the same workflow task as the stop
     * does not count.
     */
    public <T extends S> T transitionTo(T next) {
        CancellationScope.throwCanceled();
        change(next);
        reporter.accept(next);
        return next;
    }

    /** Changes to a state in which running steps end; the phase stays. */
    public <T extends S> T stop(T stopped) {
        change(stopped);
        return stopped;
    }

    private void change(S next) {
        LOG.atInfo()
                .addKeyValue("cluster", node.cluster())
                .addKeyValue("node", node.name())
                .addKeyValue("from", current.getClass().getSimpleName())
                .addKeyValue("to", next.getClass().getSimpleName())
                .log("state changed");
        current = next;
    }
}
