package io.nodejoin.testbed.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Temporal answers fewer requests a second than joins make. They take longer, are not lost, and do not press it. */
final class Throttled implements Experiment {
    private static final int REQUESTS_PER_SECOND = 30;
    private static final int OF_EACH_COURSE = 3;
    private static final int OF_EACH_COURSE_LONG = 9;
    private static final Duration ENDS = Duration.ofMinutes(8);
    /** A client that did not pause before it asks again would be refused thousands of times a second. */
    private static final int MOST_REFUSALS_A_SECOND = 3 * REQUESTS_PER_SECOND;

    @Override
    public String name() {
        return "throttled";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        bed.parts().temporal().stop();
        bed.parts().temporal().startThrottled(REQUESTS_PER_SECOND);
        try {
            return run(bed, scale.whole() ? OF_EACH_COURSE_LONG : OF_EACH_COURSE);
        } finally {
            bed.parts().temporal().stop();
            bed.parts().temporal().start();
        }
    }

    private Findings run(ChaosBed bed, int ofEachCourse) {
        long begin = System.nanoTime();
        List<Going> joins = bed.joins(Course.OF_ONE_ATTEMPT, name(), ofEachCourse);
        List<String> failures = new ArrayList<>(bed.finish(joins, ENDS));
        long refused = bed.parts().temporal().refused();
        double seconds = (double) (System.nanoTime() - begin) / TimeUnit.SECONDS.toNanos(1);
        double each = refused / seconds;
        if (refused == 0) {
            failures.add("Temporal has refused nothing");
        }
        if (each > MOST_REFUSALS_A_SECOND) {
            failures.add("Temporal had to refuse " + each + " requests a second");
        }
        return new Findings(name(), failures)
                .with("joins", joins.size())
                .with("requests refused", refused)
                .with("requests refused a second", each);
    }
}
