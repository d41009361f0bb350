package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Cancels a response whose body is not complete in time: before JDK 26 a request's timeout ends with the response
 * headers (JDK-8208693), and the reader of the body would block for ever. Watches are exempt.
 */
final class ResponseTimeoutInterceptor implements Interceptor {
    private final Duration timeout;

    /** @param timeout for the body, from the headers on */
    ResponseTimeoutInterceptor(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        boolean isWatch = request instanceof StandardHttpRequest sent && sent.isForStreaming();
        if (!isWatch && response.body() instanceof AsyncBody body) {
            CompletableFuture<Void> _ = body.done()
                    .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((_, failed) -> {
                        if (failed instanceof TimeoutException) {
                            body.cancel();
                        }
                    });
        }
    }
}
