package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * One run of the intake measurement.
 *
 * @param requests how many were accepted, and how many workflows a plain client started
 * @param acceptedPerSecond requests on Kafka that the service has started, from the first one sent to the last start
 * @param startsPerSecond starts by the plain client, of as many at a time as the intake has
 */
record IntakeResult(int requests, double acceptedPerSecond, double startsPerSecond) implements BenchBed.Report {

    @JsonProperty
    double ratio() {
        return acceptedPerSecond / startsPerSecond;
    }

    @Override
    public String text() {
        return String.format(Locale.ROOT, """
                %d requests at once: %.1f accepted a second
                as many starts in a closed loop: %.1f a second; ratio %.2f
                """, requests, acceptedPerSecond, startsPerSecond, ratio());
    }
}
