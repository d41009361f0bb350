package io.nodejoin.workflows.leave;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.lifecycle.LifecycleState;
import io.nodejoin.workflows.node.JoinedNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** State of one leave, with the data known in it. Each method is a transition; there are no others. */
sealed interface LeaveState extends LifecycleState {
    @Override
    default Phase phase() {
        return switch (this) {
            case Requested _ -> Phase.Requested;
            case Cordoned _ -> Phase.Cordoned;
            case Drained _ -> Phase.Drained;
            case Stopping(Reversible from, Problem _) -> from.phase();
            case Left _ -> Phase.Left;
            case Failed _ -> Phase.Failed;
        };
    }

    @Override
    default String waitingFor() {
        return switch (this) {
            case Requested _ -> "the node to be cordoned";
            case Cordoned _ -> "the node's pods to be evicted, as their disruption budgets allow";
            case Drained _ ->
                "the worker-agent to reset the host (one that has ended with its join starts when"
                        + " /etc/nodejoin/enrollment-secret is touched), and the Node to be deleted";
            case Stopping(Reversible from, Problem _) -> from.waitingFor();
            case Ended _ -> "nothing";
        };
    }

    /** The leave can still be aborted. */
    sealed interface Reversible extends LeaveState {
        default Stopping stop(Problem why) {
            return new Stopping(this, why);
        }
    }

    /** What follows the steps that can be undone. */
    sealed interface DrainEnd extends LeaveState {}

    /** A terminal state. */
    sealed interface Ended extends LeaveState, LifecycleState.Ended {}

    record Requested() implements Reversible {
        Cordoned cordoned(JoinedNode node) {
            return new Cordoned(node);
        }

        Left alreadyAbsent() {
            return new Left(null, List.of());
        }
    }

    record Cordoned(JoinedNode node) implements Reversible {
        Drained drained(List<String> remainingPods) {
            return new Drained(node, remainingPods);
        }
    }

    record Drained(JoinedNode node, List<String> remainingPods) implements DrainEnd {
        public Drained {
            remainingPods = List.copyOf(remainingPods);
        }

        Left left(List<String> residue) {
            return new Left(node.identity().uid(), residue);
        }
    }

    /** The node is uncordoned. The phase is still that of the state that stopped. */
    record Stopping(Reversible from, Problem problem) implements LeaveState {
        Failed fail(List<String> residue) {
            return new Failed(problem, residue);
        }
    }

    /**
     * The node is removed.
     *
     * @param nodeUid absent if there was no Node
     */
    record Left(@Nullable String nodeUid, List<String> residue) implements DrainEnd, Ended {
        public Left {
            residue = List.copyOf(residue);
        }
    }

    record Failed(Problem problem, List<String> residue) implements Ended {
        public Failed {
            residue = List.copyOf(residue);
        }
    }
}
