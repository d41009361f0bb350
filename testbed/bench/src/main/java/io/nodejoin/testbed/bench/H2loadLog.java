package io.nodejoin.testbed.bench;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The requests of a crowd in h2load's words: a line each, with microseconds since 1970, status, and microseconds taken. */
record H2loadLog(List<Request> requests) {
    private static final int OK = 200;
    private static final int REJECTED = 429;

    H2loadLog {
        requests = List.copyOf(requests);
    }

    record Request(Instant sent, int status) {}

    /**
     * The results of the requests that were due within a time.
     *
     * @param due number of due requests
     * @param failed without a response, or with a status other than 200 and 429
     * @param notSent due while their connections waited for a response
     */
    record Count(long due, long answered, long rejected, long failed, long notSent) {}

    static H2loadLog parse(String lines) {
        return new H2loadLog(lines.lines().map(H2loadLog::request).toList());
    }

    private static Request request(String line) {
        String[] columns = line.split("\t", -1);
        return new Request(
                Instant.EPOCH.plus(Long.parseLong(columns[0]), ChronoUnit.MICROS), Integer.parseInt(columns[1]));
    }

    Count count(Instant from, Duration length, int perSecond) {
        List<Request> within = requests.stream()
                .filter(request ->
                        !request.sent().isBefore(from) && request.sent().isBefore(from.plus(length)))
                .toList();
        long answered =
                within.stream().filter(request -> request.status() == OK).count();
        long rejected =
                within.stream().filter(request -> request.status() == REJECTED).count();
        long offered = Math.round(perSecond * (length.toMillis() / 1000.0));
        return new Count(
                offered, answered, rejected, within.size() - answered - rejected, Math.max(0, offered - within.size()));
    }
}
