package io.nodejoin.activities;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/** The clock of an API server: what it judges tokens by, and stamps objects with. */
public final class ServerTime {
    private ServerTime() {}

    /**
     * Now, in whole seconds.
     *
     * @throws KubernetesClientException if the server does not tell it; what stands before a server that is away may have another time
     */
    public static Instant of(KubernetesClient client) {
        HttpClient http = client.getHttpClient();
        String url = client.getMasterUrl().toString().replaceAll("/$", "") + "/version";
        HttpResponse<String> answer = http.sendAsync(
                        http.newHttpRequestBuilder().uri(url).build(), String.class)
                .join();
        String date = answer.header("Date");
        if (!answer.isSuccessful() || date == null) {
            throw new KubernetesClientException("the API server does not tell its time", answer.code(), null);
        }
        return DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
    }
}
