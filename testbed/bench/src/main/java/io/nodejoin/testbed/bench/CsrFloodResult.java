package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * The result of one flood measurement.
 *
 * @param quiet latency from CSR to approval while joins wait, without a flood
 * @param flood the latency while other CSRs are created
 * @param aftermath the latency while the other CSRs are pending and being denied
 */
record CsrFloodResult(int pending, int junk, int perSecond, Samples quiet, Samples flood, Samples aftermath)
        implements BenchBed.Report {

    @Override
    public String text() {
        return String.format(
                Locale.ROOT,
                """
                median seconds from a host's request to its approval, %d joins waiting
                  quiet                                      %.3f  (%d samples)
                  while one token makes %d requests, %d a second  %.3f  (%d samples)
                  while these are denied                     %.3f  (%d samples)
                ratio flood/quiet %.2f   aftermath/quiet %.2f
                """,
                pending,
                quiet.median(),
                quiet.seconds().size(),
                junk,
                perSecond,
                flood.median(),
                flood.seconds().size(),
                aftermath.median(),
                aftermath.seconds().size(),
                ratioFlood(),
                ratioAftermath());
    }

    @JsonProperty
    double ratioFlood() {
        return flood.median() / quiet.median();
    }

    @JsonProperty
    double ratioAftermath() {
        return aftermath.median() / quiet.median();
    }
}
