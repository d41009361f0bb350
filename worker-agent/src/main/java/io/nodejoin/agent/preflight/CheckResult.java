package io.nodejoin.agent.preflight;

import java.util.List;

/** The result of a check. */
public sealed interface CheckResult {
    /** The host meets the expectation. */
    record Passed() implements CheckResult {}

    /** The host does not meet the expectation; each detail is one deviation. */
    record Failed(List<String> details) implements CheckResult {
        public Failed {
            details = List.copyOf(details);
        }

        /** Returns the deviations as one text. */
        public String detail() {
            return String.join("; ", details);
        }
    }

    /** The check does not apply to this host, or the value to compare with is not known. */
    record Skipped(String reason) implements CheckResult {}

    /** Returns Passed if there is no deviation. */
    static CheckResult ofDeviations(List<String> deviations) {
        return deviations.isEmpty() ? new Passed() : new Failed(deviations);
    }

    /** Returns Passed if the condition is true, else this deviation. */
    static CheckResult require(boolean so, String deviation) {
        return so ? new Passed() : new Failed(List.of(deviation));
    }
}
