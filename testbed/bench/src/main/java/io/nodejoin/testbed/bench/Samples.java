package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Measured seconds of one kind, in the order in which they were taken. */
record Samples(List<Double> seconds) {
    Samples {
        seconds = List.copyOf(seconds);
        if (seconds.isEmpty()) {
            throw new IllegalArgumentException("a median needs a sample");
        }
    }

    /** The lowest sample that is at least as high as this share of all. */
    double quantile(double share) {
        return sorted().get(Math.max(0, (int) Math.ceil(share * seconds.size()) - 1));
    }

    double median() {
        List<Double> sorted = sorted();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    void writeTo(ObjectNode series) {
        ArrayNode values = series.put("median", median()).putArray("seconds");
        seconds.forEach(values::add);
    }

    private List<Double> sorted() {
        List<Double> sorted = new ArrayList<>(seconds);
        Collections.sort(sorted);
        return sorted;
    }
}
