package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.nodejoin.protocol.ClusterName;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The same access, with a count of the writes that came too late. */
final class CountingClients implements ClusterClients {
    private final ClusterClients original;
    private final Map<ClusterName, KubernetesClient> counted = new ConcurrentHashMap<>();
    private final AtomicInteger conflicts = new AtomicInteger();

    CountingClients(ClusterClients original) {
        this.original = original;
    }

    int conflicts() {
        return conflicts.get();
    }

    @Override
    public KubernetesClient client(ClusterName cluster) {
        return counted.computeIfAbsent(
                cluster,
                name -> new KubernetesClientBuilder()
                        .withConfig(original.client(name).getConfiguration())
                        .withHttpClientBuilderConsumer(
                                builder -> builder.addOrReplaceInterceptor("conflicts", new ConflictCounter()))
                        .build());
    }

    @Override
    public void close() {
        counted.values().forEach(KubernetesClient::close);
    }

    private final class ConflictCounter implements Interceptor {
        @Override
        public void after(
                HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
            if (response.code() == HttpURLConnection.HTTP_CONFLICT) {
                conflicts.incrementAndGet();
            }
        }

        @Override
        public void afterConnectionFailure(HttpRequest request, Throwable failure) {
            System.err.println(request.method() + " " + request.uri() + " has no answer: " + failure);
        }
    }
}
