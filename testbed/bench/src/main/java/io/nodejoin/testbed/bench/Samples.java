package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Measured seconds of one kind, in the order in which they were taken. */
public record Samples(List<Double> seconds) {
    public Samples {
        seconds = List.copyOf(seconds);
        if (seconds.isEmpty()) {
            throw new IllegalArgumentException("a median needs a sample");
        }
    }

    /** The lowest sample that is at least as high as this share of all. */
    public double quantile(double share) {
        return sorted().get(Math.max(0, (int) Math.ceil(share * seconds.size()) - 1));
    }

    @JsonProperty
    public double median() {
        List<Double> sorted = sorted();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The median of one figure of these, at least one. */
    static <T> double medianOf(List<T> all, ToDoubleFunction<T> figure) {
        return new Samples(all.stream().map(figure::applyAsDouble).toList()).median();
    }

    private List<Double> sorted() {
        return seconds.stream().sorted().toList();
    }
}
