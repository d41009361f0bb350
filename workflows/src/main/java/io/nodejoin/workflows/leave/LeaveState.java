package io.nodejoin.workflows.leave;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.lifecycle.LifecycleState;
import io.nodejoin.workflows.node.JoinedNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** State of one leave, with the data known in it. Each method is a transition; there are no others. */
sealed interface LeaveState extends LifecycleState {

    /** The leave can still be aborted. */
    sealed interface Reversible extends LeaveState {
        default Stopping stop(Problem why) {
            return new Stopping(this, why);
        }
    }

    /** What follows the steps that can be undone. */
    sealed interface DrainEnd extends LeaveState {}

    /** Nothing more will happen. */
    sealed interface Ended extends LeaveState, LifecycleState.Ended {}

    record Requested() implements Reversible {
        Cordoned cordoned(JoinedNode node) {
            return new Cordoned(node);
        }

        Left alreadyAbsent() {
            return new Left(null, List.of());
        }

        @Override
        public Phase phase() {
            return Phase.Requested;
        }

        @Override
        public String waitingFor() {
            return "the node to be cordoned";
        }
    }

    record Cordoned(JoinedNode node) implements Reversible {
        Drained drained(List<String> remainingPods) {
            return new Drained(node, remainingPods);
        }

        @Override
        public Phase phase() {
            return Phase.Cordoned;
        }

        @Override
        public String waitingFor() {
            return "the node's pods to be evicted, as their disruption budgets allow";
        }
    }

    record Drained(JoinedNode node, List<String> remainingPods) implements DrainEnd {
        public Drained {
            remainingPods = List.copyOf(remainingPods);
        }

        Left left(List<String> residue) {
            return new Left(node.identity().uid(), residue);
        }

        @Override
        public Phase phase() {
            return Phase.Drained;
        }

        @Override
        public String waitingFor() {
            return "the host to be reset and the Node to be deleted";
        }
    }

    /** The node is uncordoned. The phase is still that of the state that stopped. */
    record Stopping(Reversible from, Problem problem) implements LeaveState {
        Failed fail(List<String> residue) {
            return new Failed(problem, residue);
        }

        @Override
        public Phase phase() {
            return from.phase();
        }

        @Override
        public String waitingFor() {
            return from.waitingFor();
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

        @Override
        public Phase phase() {
            return Phase.Left;
        }
    }

    record Failed(Problem problem, List<String> residue) implements Ended {
        public Failed {
            residue = List.copyOf(residue);
        }

        @Override
        public Phase phase() {
            return Phase.Failed;
        }
    }
}
