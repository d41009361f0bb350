package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import org.jspecify.annotations.Nullable;

/** State of a join or a leave, with the data known in it. Each method that returns a state is a transition; there are no others. */
public interface LifecycleState {

    Phase phase();

    /** What the join or leave waits for, as the end of "waiting for ...". */
    String waitingFor();

    /** Why it is stopped, or has not succeeded. */
    default @Nullable Problem problem() {
        return null;
    }

    /** Nothing more will happen. */
    interface Ended extends LifecycleState {
        @Override
        default String waitingFor() {
            return "nothing";
        }

        default JoinResult result() {
            return new JoinResult(phase(), problem());
        }
    }
}
