package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** Tells the status of each response: its class, except for those that say more, and {@code none} without a response. */
final class ResponseCounter implements Interceptor {
    private static final int CONFLICT = 409;
    private static final int TOO_MANY_REQUESTS = 429;

    private final Consumer<String> statuses;

    ResponseCounter(Consumer<String> statuses) {
        this.statuses = statuses;
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        int code = response.code();
        statuses.accept(code == CONFLICT || code == TOO_MANY_REQUESTS ? Integer.toString(code) : code / 100 + "xx");
    }

    @Override
    public void afterConnectionFailure(HttpRequest request, Throwable failure) {
        statuses.accept("none");
    }
}
