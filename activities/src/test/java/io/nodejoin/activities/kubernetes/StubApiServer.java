package io.nodejoin.activities.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.nodejoin.protocol.ClusterName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Shows the objects that a test has put there, allows nothing to anybody, and remembers what it is told to change; changes nothing. */
public final class StubApiServer implements ClusterClients {
    private final Map<String, String> objects = new ConcurrentHashMap<>();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> changes = new CopyOnWriteArrayList<>();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private volatile int changed = 200;
    private volatile String lastChange = "";
    private final HttpServer server;
    private final KubernetesClient client;

    /** @param caPem the CA that its kubeconfig names */
    public StubApiServer(String caPem) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(executor);
        server.createContext("/", this::answer);
        server.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .withCaCertData(Base64.getEncoder().encodeToString(caPem.getBytes(StandardCharsets.US_ASCII)))
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    /** Shows this JSON at the path. */
    public void show(String path, String json) {
        objects.put(path, json);
    }

    /** Answers with this status whatever would change something. */
    public void answerChanges(int status) {
        changed = status;
    }

    /** Answers with this whatever would change something at the path. */
    public void refuse(String path, int status, String json) {
        answers.put(path, new Answer(status, json));
    }

    /** Methods and paths of the requests that would have changed something. */
    public List<String> changes() {
        return List.copyOf(changes);
    }

    /** Returns the body of the last of these. */
    public String lastChange() {
        return lastChange;
    }

    @Override
    public KubernetesClient client(ClusterName cluster) {
        return client;
    }

    @Override
    public void close() {
        client.close();
        server.stop(0);
        executor.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (query.contains("watch=true")) {
            send(exchange, 503, "{}");
        } else if (exchange.getRequestMethod().equals("GET")) {
            send(exchange, objects.containsKey(path) ? 200 : 404, objects.getOrDefault(path, notFound()));
        } else if (path.endsWith("/subjectaccessreviews")) {
            send(exchange, 201, "{\"status\":{\"allowed\":false}}");
        } else {
            changes.add(exchange.getRequestMethod() + " " + path);
            String echo = body.length == 0 ? "{}" : new String(body, StandardCharsets.UTF_8);
            lastChange = echo;
            Answer answer = answers.getOrDefault(path, new Answer(changed, echo));
            send(exchange, answer.status(), answer.json());
        }
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private record Answer(int status, String json) {}

    private static String notFound() {
        return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"code\":404}";
    }
}
