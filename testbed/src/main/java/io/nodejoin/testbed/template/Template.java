package io.nodejoin.testbed.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text file of this build in which places like {@code {{node}}} wait for values. */
public record Template(String name, String text) {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");

    /**
     * Reads a template of this build.
     *
     * @param name the path below {@code io/nodejoin/testbed}
     */
    public static Template load(String name) {
        try (InputStream stream = Template.class.getResourceAsStream("/io/nodejoin/testbed/" + name)) {
            if (stream == null) {
                throw new IllegalStateException("the resource " + name + " is not in this build");
            }
            return new Template(name, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + name, unreadable);
        }
    }

    /** The text with every place filled; throws if a value for a place is missing. */
    public String render(Map<String, ?> values) {
        return PLACEHOLDER.matcher(text).replaceAll(place -> {
            Object value = values.get(place.group(1));
            if (value == null) {
                throw new IllegalArgumentException(name + " wants a value for " + place.group(1));
            }
            return Matcher.quoteReplacement(value.toString());
        });
    }
}
