package io.nodejoin.activities.kubernetes.csr;

import io.nodejoin.protocol.Problem;
import java.util.List;

/** The result of evaluating a CSR. */
sealed interface CsrDecision {

    /** Not a CSR of Nodejoin: left untouched. */
    record NotManaged() implements CsrDecision {}

    /** No rule is violated. */
    record Approve(String keyDigest, List<String> passed) implements CsrDecision {
        public Approve {
            passed = List.copyOf(passed);
        }
    }

    /** The first violated rule, and the rules passed before it. */
    record Deny(String rule, List<String> passed, Problem problem) implements CsrDecision {
        public Deny {
            passed = List.copyOf(passed);
        }
    }
}
