package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The clock of an API server, which decides the expiry of tokens and stamps objects. */
public final class ServerTime {
    /** Maximum clock skew between two API servers of one cluster. */
    public static final Duration MAX_SKEW = Duration.ofMinutes(1);

    private ServerTime() {}

    /**
     * Returns the current time in whole seconds.
     *
     * @throws KubernetesClientException if the server itself does not respond within the client's request timeout, or
     *     the thread is interrupted; the time of a proxy in front of an unavailable server does not count
     */
    public static Instant fetch(KubernetesClient client) {
        HttpClient http = client.getHttpClient();
        String url = client.getMasterUrl().toString().replaceAll("/$", "") + "/version";
        int millis = client.getConfiguration().getRequestTimeout();
        HttpRequest request = http.newHttpRequestBuilder()
                .uri(url)
                .timeout(millis, TimeUnit.MILLISECONDS)
                .build();
        HttpResponse<String> answer = await(http.sendAsync(request, String.class), millis);
        String date = answer.header("Date");
        if (!answer.isSuccessful() || date == null) {
            throw new KubernetesClientException("the API server does not report its time", answer.code(), null);
        }
        return DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
    }

    private static <T> T await(CompletableFuture<T> response, int millis) {
        try {
            return response.get(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            response.cancel(true);
            Thread.currentThread().interrupt();
            throw new KubernetesClientException("interrupted before the API server reported its time", e);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new KubernetesClientException("the API server does not report its time within the timeout", e);
        } catch (ExecutionException e) {
            throw new KubernetesClientException("the API server does not report its time", e.getCause());
        }
    }
}
