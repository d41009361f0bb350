package io.nodejoin.visibility.join;

import com.google.protobuf.ByteString;
import java.util.Base64;
import java.util.Optional;

/** Where the next page of a list begins, as Temporal says it; text that fits into an address. */
public record PageToken(String value) {
    /** The first page. */
    public static final PageToken FIRST = new PageToken("");

    private static final int MAX_LENGTH = 4096;

    /** Parses a token that a client sends back; empty if it cannot be one. */
    public static Optional<PageToken> parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            Base64.getUrlDecoder().decode(text);
            return Optional.of(new PageToken(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    static PageToken of(ByteString token) {
        return new PageToken(Base64.getUrlEncoder().withoutPadding().encodeToString(token.toByteArray()));
    }

    ByteString toBytes() {
        return ByteString.copyFrom(Base64.getUrlDecoder().decode(value));
    }
}
