package io.nodejoin.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The name of a machine in its pool, by the inventory that offers it: a Kubernetes label value that is not empty.
 *
 * <p>The constructor throws {@link IllegalArgumentException} if the value is not such a name.
 */
public record MachineId(@JsonValue String value) {
    /** The rule, as the end of a sentence that begins with the id. */
    public static final String RULE =
            "is no machine id (1 to 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit)";

    private static final Pattern LABEL_VALUE = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

    @JsonCreator
    public MachineId {
        if (!LABEL_VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException(RULE);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
