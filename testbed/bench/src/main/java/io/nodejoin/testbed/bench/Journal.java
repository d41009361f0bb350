package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.testbed.host.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** What a unit of a host has logged, to the microsecond. */
final class Journal {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Journal() {}

    record Line(Instant time, String message) {}

    static List<Line> of(Host host, String unit) {
        return parse(host.run("journalctl", "--quiet", "--output=json", "--output-fields=MESSAGE", "--unit=" + unit)
                .orFail()
                .output());
    }

    /** Parses the output of {@code journalctl --output=json}: one document per line. */
    static List<Line> parse(String output) {
        return output.lines().map(Journal::line).toList();
    }

    private static Line line(String text) {
        try {
            JsonNode entry = JSON.readTree(text);
            long micros = entry.path("__REALTIME_TIMESTAMP").asLong();
            return new Line(
                    Instant.EPOCH.plus(micros, ChronoUnit.MICROS),
                    entry.path("MESSAGE").asText());
        } catch (IOException e) {
            throw new UncheckedIOException("a line of a journal is no JSON: " + text, e);
        }
    }
}
