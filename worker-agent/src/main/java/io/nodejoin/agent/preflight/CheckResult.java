package io.nodejoin.agent.preflight;

import java.util.List;

/** What a check found. */
public sealed interface CheckResult {
    /** The host is as it is expected to be. */
    record Passed() implements CheckResult {}

    /** It is not; each detail is one deviation. */
    record Failed(List<String> details) implements CheckResult {
        public Failed {
            details = List.copyOf(details);
        }

        /** The deviations as one text. */
        public String detail() {
            return String.join("; ", details);
        }
    }

    /** It does not apply to this host, or what it compares with is not known. */
    record Skipped(String reason) implements CheckResult {}

    /** Passed if there is no deviation. */
    static CheckResult ofDeviations(List<String> deviations) {
        return deviations.isEmpty() ? new Passed() : new Failed(deviations);
    }

    /** Passed if that is so, else this deviation. */
    static CheckResult require(boolean so, String deviation) {
        return so ? new Passed() : new Failed(List.of(deviation));
    }
}
