package io.nodejoin.activities.kubernetes.csr;

import io.nodejoin.protocol.Problem;
import java.util.List;

/** What the rules say of one request. */
sealed interface Verdict {

    /** Made by someone else: left untouched. */
    record Foreign() implements Verdict {}

    /** All rules hold. */
    record Approve(String keyDigest, List<String> held) implements Verdict {
        public Approve {
            held = List.copyOf(held);
        }
    }

    /** The first rule that is broken, after those that hold. */
    record Deny(String rule, List<String> held, Problem problem) implements Verdict {
        public Deny {
            held = List.copyOf(held);
        }
    }
}
