package io.nodejoin.gateway.temporal;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;

/** The join's decision on an enrollment. */
public sealed interface EnrollmentDecision {

    /** The key is bound; its certificate may be issued. */
    record Bound(JoinId joinId) implements EnrollmentDecision {}

    /** Wrong secret, or another key is already bound. */
    record Refused(Problem problem) implements EnrollmentDecision {}
}
