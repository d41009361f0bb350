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
 * Gives up an answer whose body is not complete in time: before JDK 26 the time of a request ends with the headers of its answer
 * (JDK-8208693), and whoever waits for the rest would wait for ever. The answer to a watch has no end and is left alone.
 */
final class ResponseTimeoutInterceptor implements Interceptor {
    private final Duration timeout;

    /** @param timeout from the headers on */
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
