package io.nodejoin.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The name of a cluster in Nodejoin's configuration: an RFC 1123 label of at most 63 characters.
 *
 * <p>The constructor throws {@link IllegalArgumentException} if the value is not such a label.
 */
public record ClusterName(@JsonValue String value) {
    /** The rule, as the end of a sentence that begins with the name. */
    public static final String RULE = "is no RFC 1123 label (1 to 63 lower-case letters, digits and '-')";

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    @JsonCreator
    public ClusterName {
        if (!LABEL.matcher(value).matches()) {
            throw new IllegalArgumentException(RULE);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
