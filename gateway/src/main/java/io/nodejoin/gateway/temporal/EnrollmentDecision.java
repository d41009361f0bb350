package io.nodejoin.gateway.temporal;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;

/** Whether a key was bound to the join. */
public sealed interface EnrollmentDecision {

    /** The key is bound; its certificate may be issued. */
    record Bound(JoinId joinId) implements EnrollmentDecision {}

    /** Wrong secret, or another key is bound already. */
    record Refused(Problem problem) implements EnrollmentDecision {}
}
