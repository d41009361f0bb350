package io.nodejoin.service.health;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.nodejoin.gateway.connection.ClientConnections;
import io.nodejoin.gateway.connection.ConnectionLimits;
import io.nodejoin.gateway.connection.ConnectionMetrics;
import io.nodejoin.service.config.ServiceConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** {@code /livez}, {@code /readyz} (with {@code ?verbose}) and {@code /metrics}, GET only; all else is the dashboard. */
public final class AdminServer {
    private static final int MAX_THREADS = 8;
    /** Browsers keep a few connections each, event streams among them. */
    private static final ConnectionLimits LIMITS =
            new ConnectionLimits(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(10), 1_000);

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final Server server = new Server(threads());
    private final ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http()));

    /**
     * @param hosts names under which it is served as well
     * @param dashboard answers all other paths; absent where this process has none
     * @param scheduler closes connections that are too slow; not stopped here
     */
    public AdminServer(
            ServiceConfig.Http config,
            List<String> hosts,
            Readiness readiness,
            PrometheusMeterRegistry metrics,
            @Nullable Handler dashboard,
            ScheduledExecutorService scheduler) {
        ClientConnections connections = new ClientConnections(
                LIMITS, _ -> true, new ConnectionMetrics(metrics, "admin", "connections"), scheduler);
        connector.addBean(connections);
        connector.setHost(config.listen().host());
        connector.setPort(config.listen().port());
        server.addConnector(connector);
        Handler.Sequence handlers = new Handler.Sequence(
                new Arrivals(connections), new HostCheck(config, hosts), new Pages(readiness, metrics));
        if (dashboard != null) {
            handlers.addHandler(dashboard);
        }
        server.setHandler(handlers);
    }

    private static HttpConfiguration http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        return http;
    }

    /** A page of the dashboard waits for Temporal on a virtual thread, so that many of them do not keep a probe waiting. */
    private static QueuedThreadPool threads() {
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 2);
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        return threads;
    }

    /** Starts to listen. Throws {@link IOException} if the address cannot be bound. */
    public void start() throws IOException {
        connector.open();
        LifeCycle.start(server);
    }

    /** Returns the port that it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    public void stop() {
        LifeCycle.stop(server);
    }

    /** Tells that the head of a request is complete. */
    private static final class Arrivals extends Handler.Abstract {
        private final ClientConnections connections;

        Arrivals(ClientConnections connections) {
            this.connections = connections;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            connections.requestBegun(request);
            return false;
        }
    }

    /**
     * Refuses names that are not this server's. A stranger's page can lead a name of its own to any address that its reader
     * reaches (DNS rebinding), but not an address.
     */
    private static final class HostCheck extends Handler.Abstract {
        private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+]");

        private final Set<String> names;

        HostCheck(ServiceConfig.Http config, List<String> hosts) {
            this.names = Stream.of(List.of("localhost", config.listen().host()), config.hosts(), hosts)
                    .flatMap(List::stream)
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .collect(Collectors.toSet());
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            String host = String.valueOf(request.getHttpURI().getHost()).toLowerCase(Locale.ROOT);
            return !names.contains(host)
                    && !ADDRESS.matcher(host).matches()
                    && Pages.answer(
                            response,
                            callback,
                            HttpStatus.MISDIRECTED_REQUEST_421,
                            "not served under this name; http.hosts of the service's configuration lists more\n");
        }
    }

    private static final class Pages extends Handler.Abstract {
        private static final Set<String> PATHS = Set.of("/livez", "/readyz", "/metrics");

        private final Readiness readiness;
        private final PrometheusMeterRegistry metrics;

        Pages(Readiness readiness, PrometheusMeterRegistry metrics) {
            this.readiness = readiness;
            this.metrics = metrics;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            String path = Request.getPathInContext(request);
            if (!PATHS.contains(path)) {
                return false;
            }
            if (!HttpMethod.GET.is(request.getMethod())) {
                return answer(response, callback, HttpStatus.METHOD_NOT_ALLOWED_405, "GET only\n");
            }
            return switch (path) {
                case "/livez" -> livez(response, callback);
                case "/readyz" -> readyz(request, response, callback);
                default -> metrics(request, response, callback);
            };
        }

        private boolean livez(Response response, Callback callback) {
            return readiness.isStalled()
                    ? answer(
                            response,
                            callback,
                            HttpStatus.SERVICE_UNAVAILABLE_503,
                            "the process is stalled: restart it\n")
                    : answer(response, callback, HttpStatus.OK_200, "ok\n");
        }

        private boolean readyz(Request request, Response response, Callback callback) {
            boolean ready = readiness.isReady();
            String query = request.getHttpURI().getQuery();
            boolean verbose = !ready || (query != null && query.startsWith("verbose"));
            return answer(
                    response,
                    callback,
                    ready ? HttpStatus.OK_200 : HttpStatus.SERVICE_UNAVAILABLE_503,
                    verbose ? readiness.render() : "ready\n");
        }

        /** Exemplars are part of OpenMetrics only. */
        private boolean metrics(Request request, Response response, Callback callback) {
            String accepted = request.getHeaders().get(HttpHeader.ACCEPT);
            String format = accepted != null && accepted.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, format);
            return write(response, callback, HttpStatus.OK_200, metrics.scrape(format));
        }

        static boolean answer(Response response, Callback callback, int status, String body) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
            return write(response, callback, status, body);
        }

        private static boolean write(Response response, Callback callback, int status, String body) {
            response.setStatus(status);
            response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
            return true;
        }
    }
}
