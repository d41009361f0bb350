package io.nodejoin.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The name of a Kubernetes node: an RFC 1123 subdomain of at most 253 characters.
 *
 * <p>The constructor throws {@link IllegalArgumentException} with the violated rule and its position if the value is
 * not such a name.
 */
public record NodeName(@JsonValue String value) {
    private static final int MAX_LENGTH = 253;
    private static final String LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
    private static final Grammar SUBDOMAIN = Grammar.of(LABEL + "(\\." + LABEL + "){0,126}");

    @JsonCreator
    public NodeName {
        violation(value).ifPresent(violation -> {
            throw new IllegalArgumentException(violation);
        });
    }

    /** Returns the first rule that the value violates, as a sentence with the position; empty if it is a node name. */
    public static Optional<String> violation(String value) {
        if (value.isEmpty()) {
            return Optional.of("is empty; a node name is an RFC 1123 subdomain");
        }
        if (value.length() > MAX_LENGTH) {
            return Optional.of("has " + value.length() + " characters; at most " + MAX_LENGTH + " are allowed");
        }
        OptionalInt mismatch = SUBDOMAIN.firstMismatch(value);
        return mismatch.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "breaks RFC 1123 at offset " + mismatch.getAsInt() + ": 1 to 63 lower-case letters, digits"
                                + " and '-' between dots, beginning and ending with a letter or digit");
    }

    @Override
    public String toString() {
        return value;
    }
}
