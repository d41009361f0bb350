package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The API server's audit log.
 *
 * @param log one JSON document per line
 */
record ApiAudit(Path log) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The requests since then that have ended. */
    List<ApiCall> callsSince(Instant begin) {
        List<ApiCall> calls = new ArrayList<>();
        try (MappingIterator<JsonNode> events = JSON.readerFor(JsonNode.class).readValues(log.toFile())) {
            while (events.hasNextValue()) {
                ApiCall call = ApiCall.of(events.nextValue());
                if (!call.from().isBefore(begin)) {
                    calls.add(call);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
        return calls;
    }
}
