package io.nodejoin.workflows.leave;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.node.JoinedNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where one leave stands. Each method is a legal move; a move without a method cannot happen. */
sealed interface LeaveState {

    Phase phase();

    /** What has to happen next, as the end of the sentence "the leave waits for". */
    String waitingFor();

    /** The node can still stay. */
    sealed interface Reversible extends LeaveState {
        default Failed failed(Problem why, List<String> residue) {
            return new Failed(why, residue);
        }
    }

    /** Nothing more will happen. */
    sealed interface Ended extends LeaveState {
        @Override
        default String waitingFor() {
            return "nothing";
        }

        JoinResult result();
    }

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

    record Drained(JoinedNode node, List<String> remainingPods) implements LeaveState {
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

    /**
     * The node is out.
     *
     * @param nodeUid absent if there was no Node
     */
    record Left(@Nullable String nodeUid, List<String> residue) implements Ended {
        public Left {
            residue = List.copyOf(residue);
        }

        @Override
        public Phase phase() {
            return Phase.Left;
        }

        @Override
        public JoinResult result() {
            return new JoinResult(Phase.Left, null);
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

        @Override
        public JoinResult result() {
            return new JoinResult(Phase.Failed, problem);
        }
    }
}
