package io.nodejoin.testbed.full;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What a part leaves behind besides its exit code. */
enum Evidence {
    /** Nothing. */
    NONE,
    /** Reports of tests, of which at least one has run. */
    TESTS,
    /** The findings of {@code testbed/testbed chaos} as JSON. */
    CHAOS,
    /** The figures of {@code testbed/testbed bench} as JSON. */
    BENCH,
    /** The results of a JMH run as JSON. */
    JMH;

    private static final List<String> PROVENANCE = List.of("machine", "commit");

    boolean isJson() {
        return switch (this) {
            case NONE, TESTS -> false;
            case CHAOS, BENCH, JMH -> true;
        };
    }

    /** The figures that are recorded of such a file: no single samples, nothing that the record itself has. */
    ObjectNode figures(JsonNode file) {
        ObjectNode figures = ResultFiles.JSON.createObjectNode();
        switch (this) {
            case NONE, TESTS -> {}
            case CHAOS ->
                file.path("experiments")
                        .forEach(one -> figures.set(one.path("name").asText(), Reduced.of(one.path("figures"))));
            case BENCH -> {
                figures.setAll((ObjectNode) Reduced.of(file));
                figures.remove(PROVENANCE);
            }
            case JMH ->
                file.forEach(one -> {
                    String benchmark = one.path("benchmark").asText();
                    JsonNode percentiles = one.path("primaryMetric").path("scorePercentiles");
                    figures.putObject(benchmark.substring(benchmark.lastIndexOf('.') + 1))
                            .put("median", percentiles.path("50.0").asDouble())
                            .put("p99", percentiles.path("99.0").asDouble());
                });
        }
        return figures;
    }

    /** What such a file says against the part. */
    List<String> failures(JsonNode file) {
        return switch (this) {
            case NONE, TESTS, BENCH, JMH -> List.of();
            case CHAOS ->
                elements(file.path("experiments"))
                        .flatMap(one -> elements(one.path("failures"))
                                .map(failure -> one.path("name").asText() + ": " + failure.asText()))
                        .toList();
        };
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
