package io.nodejoin.service.intake;

import java.net.URISyntaxException;
import java.time.format.DateTimeParseException;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Describes why a record is not a CloudEvent, without the parser's message, which quotes the record. */
final class CloudEventFault {
    /** All forms in which the parsers name an attribute; the name precedes the value. */
    private static final Pattern NAMED = Pattern.compile("(?:value for \"|Attribute '|mandatory |for attribute |Invalid"
            + " )(specversion|id|source|type|time|dataschema)\\b");

    private CloudEventFault() {}

    static String detail(RuntimeException fault) {
        Matcher named = NAMED.matcher(String.valueOf(fault.getMessage()));
        if (!named.find()) {
            return "the record is no CloudEvent in binary or structured mode with JSON";
        }
        OptionalInt offset = offset(fault);
        return "the record is no CloudEvent: its attribute " + named.group(1) + " is missing or malformed"
                + (offset.isPresent() ? " at offset " + offset.getAsInt() : "");
    }

    private static OptionalInt offset(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof DateTimeParseException time) {
                return OptionalInt.of(time.getErrorIndex());
            }
            if (cause instanceof URISyntaxException uri && uri.getIndex() >= 0) {
                return OptionalInt.of(uri.getIndex());
            }
        }
        return OptionalInt.empty();
    }
}
