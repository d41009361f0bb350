package io.nodejoin.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Identifies one join: the first 32 hex digits of SHA-256 over source and id of its CloudEvent. The same event always
 * gives the same id, so a redelivery is recognisable.
 *
 * <p>The constructor throws {@link IllegalArgumentException} if the value is not 32 lower-case hex digits.
 */
public record JoinId(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");

    @JsonCreator
    public JoinId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("a join id has 32 lower-case hex digits");
        }
    }

    /** The id of the join that the CloudEvent with these attributes asks for. */
    public static JoinId of(String eventSource, String eventId) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(eventSource.getBytes(StandardCharsets.UTF_8));
            sha256.update((byte) 0);
            sha256.update(eventId.getBytes(StandardCharsets.UTF_8));
            return new JoinId(HexFormat.of().formatHex(sha256.digest(), 0, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
