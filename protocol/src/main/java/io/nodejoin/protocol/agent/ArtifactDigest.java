package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The digest of an executable: {@code sha256:} and the 64 lower-case hex digits of its SHA-256, as {@code sha256sum}
 * prints them.
 *
 * <p>The constructor throws {@link IllegalArgumentException} if the value does not have this form.
 */
public record ArtifactDigest(@JsonValue String value) {
    private static final Pattern PATTERN = Pattern.compile("sha256:[0-9a-f]{64}");

    @JsonCreator
    public ArtifactDigest {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("a digest has the form sha256:<64 lower-case hex digits>");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
