package io.nodejoin.agent.wire;

import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The Date header of a response. */
public final class HttpDate {
    private HttpDate() {}

    /** Parses the date, in whole seconds; empty if there is no valid one. */
    public static Optional<Instant> parse(HttpResponse<?> answer) {
        try {
            return answer.headers()
                    .firstValue("Date")
                    .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
