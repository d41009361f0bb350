package io.nodejoin.testbed.full;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.testbed.full.TestReports.TestCounts;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of a part.
 *
 * @param seconds from the start of the command to its end
 * @param seed that it used, if it uses one
 * @param tests how its tests went, if it has any
 * @param figures what it has measured, if it measures anything
 * @param reasons why it was skipped or has failed
 * @param commit that it ran on, if that is not the one of the file
 * @param source where the figures come from, if no program has written them
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record PartResult(
        Outcome outcome,
        Instant ended,
        @Nullable Long seconds,
        @Nullable Long seed,
        @Nullable Integer exitCode,
        @Nullable TestCounts tests,
        @Nullable ObjectNode figures,
        List<String> reasons,
        @Nullable String commit,
        @Nullable String source) {
    PartResult {
        reasons = reasons == null ? List.of() : List.copyOf(reasons);
    }

    static PartResult skipped(Instant now, String why) {
        return new PartResult(Outcome.SKIPPED, now, null, null, null, null, null, List.of(why), null, null);
    }

    boolean hasPassed() {
        return outcome == Outcome.PASSED;
    }
}
