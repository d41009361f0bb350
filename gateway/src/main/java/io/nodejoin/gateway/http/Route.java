package io.nodejoin.gateway.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The routes of the agent API. */
sealed interface Route {
    Pattern ASSIGNMENT = Pattern.compile("/v1/assignments/([A-Za-z0-9][A-Za-z0-9._:~-]{0,199})/(progress|result)");

    record Enroll() implements Route {}

    record Announce() implements Route {}

    record Attest() implements Route {}

    record Rejoin() implements Route {}

    record Renew() implements Route {}

    record Poll() implements Route {}

    record Log() implements Route {}

    record Progress(String assignmentId) implements Route {}

    record Result(String assignmentId) implements Route {}

    static Optional<Route> parse(String path) {
        if ("/v1/enrollments".equals(path)) {
            return Optional.of(new Enroll());
        }
        if ("/v1/machines".equals(path)) {
            return Optional.of(new Announce());
        }
        if ("/v1/attestations".equals(path)) {
            return Optional.of(new Attest());
        }
        if ("/v1/rejoins".equals(path)) {
            return Optional.of(new Rejoin());
        }
        if ("/v1/certificates".equals(path)) {
            return Optional.of(new Renew());
        }
        if ("/v1/assignments/next".equals(path)) {
            return Optional.of(new Poll());
        }
        if ("/v1/log".equals(path)) {
            return Optional.of(new Log());
        }
        Matcher matcher = ASSIGNMENT.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String id = matcher.group(1);
        return Optional.of("progress".equals(matcher.group(2)) ? new Progress(id) : new Result(id));
    }
}
