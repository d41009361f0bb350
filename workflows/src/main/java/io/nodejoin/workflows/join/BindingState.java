package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.lifecycle.BoundMachine;
import io.nodejoin.workflows.lifecycle.LifecycleState;

/** State of a join that needs a machine of its pool. */
sealed interface BindingState extends LifecycleState {
    /**
     * The pool looks for a machine.
     *
     * @param reason what the pool has said last
     */
    record Waiting(String reason) implements BindingState {
        @Override
        public Phase phase() {
            return Phase.Requested;
        }

        @Override
        public String waitingFor() {
            return "a machine: " + reason;
        }
    }

    /** The run ends. */
    sealed interface Ended extends BindingState, LifecycleState.Ended {
        @Override
        default String waitingFor() {
            return "nothing";
        }
    }

    /** The join continues with this machine. */
    record Bound(BoundMachine machine) implements Ended {
        @Override
        public Phase phase() {
            return Phase.Requested;
        }
    }

    /** The join has ended without a machine. */
    record NotBound(Problem problem) implements Ended {
        @Override
        public Phase phase() {
            return problem.code() == ErrorCode.POOL_EXHAUSTED ? Phase.Failed : Phase.Cancelled;
        }
    }
}
