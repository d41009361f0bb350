package io.nodejoin.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * Identifies one join: the first 32 hex digits of SHA-256 over source, a zero byte and id of its CloudEvent. The same
 * event always has the same id, so a redelivered event is recognised.
 *
 * <p>The constructor throws {@link IllegalArgumentException} if the value is not 32 lower-case hex digits.
 */
public record JoinId(@JsonValue String value) {
    private static final Pattern PATTERN = Pattern.compile("[0-9a-f]{32}");

    @JsonCreator
    public JoinId {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("a join id has 32 lower-case hex digits");
        }
    }

    /** Returns the id of the join that the CloudEvent with these attributes requests. */
    public static JoinId of(String eventSource, String eventId) {
        return new JoinId(Sha256.hex(eventSource + "\0" + eventId).substring(0, 32));
    }

    @Override
    public String toString() {
        return value;
    }
}
