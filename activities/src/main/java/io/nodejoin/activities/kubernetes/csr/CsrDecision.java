package io.nodejoin.activities.kubernetes.csr;

import io.nodejoin.protocol.Problem;
import java.util.List;

/** What the rules say of one request. */
sealed interface CsrDecision {

    /** Made by someone else: left untouched. */
    record NotManaged() implements CsrDecision {}

    /** All rules hold. */
    record Approve(String keyDigest, List<String> passed) implements CsrDecision {
        public Approve {
            passed = List.copyOf(passed);
        }
    }

    /** The first rule that is broken, after those that hold. */
    record Deny(String rule, List<String> passed, Problem problem) implements CsrDecision {
        public Deny {
            passed = List.copyOf(passed);
        }
    }
}
