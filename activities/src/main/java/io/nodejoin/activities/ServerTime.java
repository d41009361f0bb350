package io.nodejoin.activities;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/** The clock of an API server: what it judges tokens by, and stamps objects with. */
public final class ServerTime {
    private ServerTime() {}

    /** Now, in whole seconds. */
    public static Instant of(KubernetesClient client) {
        HttpClient http = client.getHttpClient();
        String url = client.getMasterUrl().toString().replaceAll("/$", "") + "/version";
        return http.sendAsync(http.newHttpRequestBuilder().uri(url).build(), String.class)
                .thenApply(answer -> answer.headers("Date"))
                .thenApply(dates -> DateTimeFormatter.RFC_1123_DATE_TIME.parse(dates.getFirst(), Instant::from))
                .join();
    }
}
