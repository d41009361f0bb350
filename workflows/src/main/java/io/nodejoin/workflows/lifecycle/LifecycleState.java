package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import org.jspecify.annotations.Nullable;

/** State of a join or a leave, with the data known in it. Each method that returns a state is a transition; there are no others. */
public interface LifecycleState {

    Phase phase();

    /** Returns what the join or leave waits for, as the end of "waiting for ...". */
    String waitingFor();

    /** Returns why it is stopped or failed. */
    default @Nullable Problem problem() {
        return null;
    }

    /** A terminal state. */
    interface Ended extends LifecycleState {
        default JoinResult result() {
            return new JoinResult(phase(), problem());
        }
    }
}
