package io.nodejoin.testbed.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Temporal accepts fewer requests per second than the joins make. They take longer, none is lost, and clients back off.
 */
final class TemporalThrottling implements Experiment {
    private static final int REQUESTS_PER_SECOND = 30;
    private static final int JOINS_PER_OUTCOME = 3;
    private static final int JOINS_PER_OUTCOME_LONG = 9;
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMinutes(8);
    /** A client without back-off would be rejected thousands of times a second. */
    private static final int MAX_REJECTIONS_PER_SECOND = 3 * REQUESTS_PER_SECOND;

    @Override
    public String name() {
        return "throttled";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        bed.testBed().temporal().stop();
        bed.testBed().temporal().startThrottled(REQUESTS_PER_SECOND);
        try {
            return run(bed, scale.full() ? JOINS_PER_OUTCOME_LONG : JOINS_PER_OUTCOME);
        } finally {
            bed.testBed().temporal().stop();
            bed.testBed().temporal().start();
        }
    }

    private Findings run(ChaosBed bed, int ofEachCourse) {
        long begin = System.nanoTime();
        List<InFlightJoin> joins = bed.bootAndRequestAll(ExpectedOutcome.SINGLE_ATTEMPT, name(), ofEachCourse);
        List<String> failures = new ArrayList<>(bed.awaitAndCheck(joins, COMPLETION_TIMEOUT));
        long refused = bed.testBed().temporal().throttledRequests();
        double seconds = (double) (System.nanoTime() - begin) / TimeUnit.SECONDS.toNanos(1);
        double each = refused / seconds;
        if (refused == 0) {
            failures.add("Temporal has refused nothing");
        }
        if (each > MAX_REJECTIONS_PER_SECOND) {
            failures.add("Temporal had to refuse " + each + " requests a second");
        }
        return new Findings(name(), failures)
                .with("joins", joins.size())
                .with("requests refused", refused)
                .with("requests refused a second", each);
    }
}
