package io.nodejoin.testbed.full;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.DoubleSummaryStatistics;
import java.util.stream.StreamSupport;

/** Figures in the form in which they are kept. */
final class Reduced {
    private static final String SAMPLES = "seconds";

    private Reduced() {}

    /** The same with whole numbers written as such, and of each series of samples only how many there are and between which bounds. */
    static JsonNode of(JsonNode figures) {
        return switch (figures) {
            case ObjectNode object -> object(object);
            case ArrayNode array -> {
                ArrayNode reduced = JsonNodeFactory.instance.arrayNode();
                array.forEach(element -> reduced.add(of(element)));
                yield reduced;
            }
            case JsonNode number
            when number.isFloatingPointNumber() && number.asDouble() == number.asLong() ->
                JsonNodeFactory.instance.numberNode(number.asLong());
            default -> figures;
        };
    }

    private static ObjectNode object(ObjectNode object) {
        ObjectNode reduced = JsonNodeFactory.instance.objectNode();
        object.properties().forEach(member -> {
            if (member.getKey().equals(SAMPLES) && member.getValue() instanceof ArrayNode samples) {
                DoubleSummaryStatistics bounds = StreamSupport.stream(samples.spliterator(), false)
                        .mapToDouble(JsonNode::asDouble)
                        .summaryStatistics();
                reduced.put("samples", bounds.getCount())
                        .put("lowest", bounds.getMin())
                        .put("highest", bounds.getMax());
            } else {
                reduced.set(member.getKey(), of(member.getValue()));
            }
        });
        return reduced;
    }
}
