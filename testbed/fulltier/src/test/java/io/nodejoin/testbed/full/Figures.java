package io.nodejoin.testbed.full;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The figures of one part as words of a document. */
record Figures(JsonNode node) {

    /** With all of its digits, in groups of three. */
    String whole(String name) {
        return String.format(Locale.ROOT, "%,d", Math.round(number(name)));
    }

    String decimals(int places, String name) {
        return decimals(places, 1, name);
    }

    /** The same in another unit. */
    String decimals(int places, double unit, String name) {
        return String.format(Locale.ROOT, "%." + places + "f", number(name) * unit);
    }

    double number(String name) {
        JsonNode figure = node.path(name);
        if (!figure.isNumber()) {
            throw new IllegalArgumentException("no figure is called '" + name + "' in " + node);
        }
        return figure.asDouble();
    }

    Figures of(String name) {
        return new Figures(node.path(name));
    }

    boolean has(String name) {
        return node.has(name);
    }

    /** All names that begin so. */
    List<String> names(String beginning) {
        return node.properties().stream()
                .map(member -> member.getKey())
                .filter(name -> name.startsWith(beginning))
                .collect(Collectors.toList());
    }
}
