package io.nodejoin.service.intake;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Parses untrusted JSON: limited in size, depth and length of names and numbers, without duplicate members. */
final class LimitedJson {
    static final int MAX_BYTES = 262_144;
    static final int MAX_DEPTH = 32;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxDocumentLength(MAX_BYTES)
                            .maxNameLength(1_024)
                            .maxNumberLength(32)
                            .maxStringLength(MAX_BYTES)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final byte[] UTF8_BOM = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private LimitedJson() {}

    /** The bytes are not JSON within the limits. */
    static final class MalformedJsonException extends Exception {
        MalformedJsonException(String message) {
            super(message);
        }
    }

    static JsonNode parse(byte[] bytes) throws MalformedJsonException {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedJsonException(
                    "the value has " + bytes.length + " bytes; at most " + MAX_BYTES + " are allowed");
        }
        requireUtf8(bytes);
        try {
            JsonNode tree = JSON.readTree(bytes);
            if (!tree.isObject()) {
                throw new MalformedJsonException("the value is no JSON object");
            }
            return tree;
        } catch (JacksonException e) {
            // The parser's message quotes the input; the location is sufficient and safe.
            throw new MalformedJsonException(fault(e) + where(e.getLocation()));
        }
    }

    /** The parser would detect UTF-16, UTF-32 and a byte order mark, which others along the way may read differently. */
    private static void requireUtf8(byte[] bytes) throws MalformedJsonException {
        if (bytes.length >= UTF8_BOM.length && Arrays.equals(bytes, 0, UTF8_BOM.length, UTF8_BOM, 0, UTF8_BOM.length)) {
            throw new MalformedJsonException("the value begins with a byte order mark; write UTF-8 without one");
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException _) {
            throw new MalformedJsonException("the value is not UTF-8");
        }
        for (byte each : bytes) {
            if (each == 0) {
                throw new MalformedJsonException("the value has a zero byte, as UTF-16 and UTF-32 have; write UTF-8");
            }
        }
    }

    static <T> T bind(JsonNode tree, Class<T> type) {
        return JSON.treeToValue(tree, type);
    }

    private static String fault(JacksonException e) {
        return switch (e) {
            case StreamConstraintsException _ ->
                "the value is JSON that is nested too deep, or has too long a name, number or text,";
            case UnexpectedEndOfInputException _ -> "the value is JSON that ends too early";
            default -> "the value is no JSON, or has a member twice, or goes on after its end";
        };
    }

    private static String where(@Nullable TokenStreamLocation location) {
        return location == null ? "" : " in line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
