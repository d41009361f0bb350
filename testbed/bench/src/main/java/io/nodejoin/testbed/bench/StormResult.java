package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * One run of the storm measurement.
 *
 * @param joins seconds from the first request to each join's event of success
 * @param perSecond joins a second, up to the last one
 * @param serviceCpuSeconds of one join, on average
 * @param temporalCpuSeconds of one join, on average
 */
record StormResult(Samples joins, double perSecond, double serviceCpuSeconds, double temporalCpuSeconds)
        implements BenchBed.Report {

    static StormResult of(Samples joins, CpuTime used) {
        int count = joins.seconds().size();
        return new StormResult(joins, count / joins.quantile(1), used.service() / count, used.temporal() / count);
    }

    /** Until all have joined. */
    @JsonProperty
    double lastSeconds() {
        return joins.quantile(1);
    }

    @Override
    public String text() {
        return String.format(
                Locale.ROOT,
                """
                %d hosts requested at once: median %.1f s, the last after %.1f s, %.2f joins a second
                CPU seconds of a join: service %.2f, Temporal %.2f
                """,
                joins.seconds().size(),
                joins.median(),
                lastSeconds(),
                perSecond,
                serviceCpuSeconds,
                temporalCpuSeconds);
    }
}
