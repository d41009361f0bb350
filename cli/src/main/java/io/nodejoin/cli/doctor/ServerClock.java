package io.nodejoin.cli.doctor;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Checks the clock skew: tokens and certificates get their times from one clock and are validated by another. */
record ServerClock(AdminCluster cluster, Clock clock) implements Check {
    private static final Duration TOLERATED = Duration.ofSeconds(60);

    @Override
    public Finding run() {
        return evaluate(date(), clock.instant());
    }

    static Finding evaluate(@Nullable String date, Instant here) {
        if (date == null) {
            return new Finding.Passed("the API server does not report its time");
        }
        Duration off;
        try {
            off = Duration.between(here, ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME))
                    .abs();
        } catch (DateTimeException _) {
            return new Finding.Passed("the API server does not report its time");
        }
        String what = "this machine and the API server are " + off.toSeconds() + " s apart";
        return off.compareTo(TOLERATED) <= 0
                ? new Finding.Passed(what)
                : Finding.failed(
                        what,
                        "a token could expire before its host has used it, or too late",
                        "set both clocks by NTP: timedatectl set-ntp true");
    }

    private @Nullable String date() {
        HttpClient http = cluster.client().getHttpClient();
        try {
            return http.sendAsync(
                            http.newHttpRequestBuilder()
                                    .uri(cluster.server() + "/version")
                                    .build(),
                            String.class)
                    .join()
                    .header("Date");
        } catch (CompletionException e) {
            throw new KubernetesClientException("cannot read the server's time", e);
        }
    }
}
