package io.nodejoin.dashboard.preview;

import io.nodejoin.dashboard.AuditTrail;
import io.nodejoin.dashboard.DashboardSettings;
import io.nodejoin.dashboard.Level;
import io.nodejoin.dashboard.ServiceStatus;
import io.nodejoin.dashboard.access.Access;
import io.nodejoin.dashboard.access.UnlimitedGuesses;
import io.nodejoin.dashboard.http.Dashboard;
import io.nodejoin.dashboard.http.Sources;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.visibility.event.RecentDeadLetters;
import io.nodejoin.visibility.event.RecentEvents;
import io.nodejoin.visibility.payload.PayloadDecoder;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** The dashboard on a server of its own. */
public final class PreviewServer implements AutoCloseable {
    private final Server server = new Server(new QueuedThreadPool(8, 2));
    private final ServerConnector connector = new ServerConnector(server, 1, 1);
    private final ScheduledExecutorService scheduler;
    private final RecentEvents events;
    private final RecentDeadLetters deadLetters = new RecentDeadLetters(100);
    private final InventedOperations operations;
    private final InventedPools pools;
    private final Dashboard dashboard;

    public PreviewServer(Access access, InventedJoins joins, InstantSource clock, int port) {
        this(access, joins, clock, port, null);
    }

    /** @param payloads decrypts payloads; null if there is no codec server */
    public PreviewServer(
            Access access, InventedJoins joins, InstantSource clock, int port, @Nullable PayloadDecoder payloads) {
        this(
                access,
                joins,
                clock,
                port,
                payloads,
                Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory()));
    }

    /** @param scheduler sends the heartbeats of the event stream; stopped here */
    public PreviewServer(
            Access access,
            InventedJoins joins,
            InstantSource clock,
            int port,
            @Nullable PayloadDecoder payloads,
            ScheduledExecutorService scheduler) {
        this.scheduler = scheduler;
        this.pools = new InventedPools(joins, clock.instant());
        this.operations = new InventedOperations(joins, pools);
        this.events = new RecentEvents(RecentEvents.Limits.DEFAULT, clock);
        this.dashboard = new Dashboard(
                new DashboardSettings(
                        access,
                        List.of(InventedJoins.FRA, InventedJoins.BER),
                        URI.create("http://127.0.0.1:8233"),
                        "default",
                        null),
                new Sources(
                        joins,
                        pools,
                        new InventedAgents(clock),
                        events,
                        deadLetters,
                        () -> null,
                        operations,
                        PreviewServer::audit,
                        payloads,
                        clock),
                new InventedStatus(),
                new UnlimitedGuesses(),
                scheduler);
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        server.addConnector(connector);
        server.setHandler(dashboard.handler());
        dashboard.start();
        LifeCycle.start(server);
    }

    /** Two entries of each join that is asked for. */
    private static AuditTrail.Page audit(Set<String> joins, long before, int limit) {
        List<AuditTrail.Entry> entries = joins.stream()
                .flatMap(join -> Stream.of("token.create", "csr.approve")
                        .map(action -> new AuditTrail.Entry(
                                Instant.parse("2026-11-30T09:00:00Z"),
                                "nodejoin-0",
                                "fra-1",
                                join,
                                action,
                                "<b>object</b>",
                                Map.of("b", "2", "a", "1"))))
                .limit(limit)
                .toList();
        return new AuditTrail.Page(entries, before == AuditTrail.END ? 4711L : null);
    }

    /** All parts answer but one. */
    private static final class InventedStatus implements ServiceStatus {
        @Override
        public List<Part> parts() {
            return List.of(
                    new Part("kafka", Level.OK, ""),
                    new Part("temporal", Level.OK, ""),
                    new Part(
                            "intake",
                            Level.ATTENTION,
                            "record nodejoin.requests.v1-3@118 waits: Temporal does not answer"),
                    new Part("gateway", Level.OK, ""),
                    new Part("audit log", Level.OK, ""),
                    new Part("cluster fra-1", Level.OK, ""),
                    new Part("cluster ber-2", Level.OK, ""));
        }

        @Override
        public BindingLimits limits(ClusterName cluster) {
            return new BindingLimits(
                    cluster.equals(InventedJoins.BER)
                            ? List.of(new BindingLimit(
                                    BindingLimit.Kind.TOKEN_QUOTA, "50 of 50 tokens exist (maxTokens)"))
                            : List.of(),
                    true);
        }

        @Override
        public List<Notice> notices() {
            return List.of();
        }
    }

    public RecentEvents events() {
        return events;
    }

    public RecentDeadLetters deadLetters() {
        return deadLetters;
    }

    /** Returns what was published again or done with the pool, and by whom. */
    public List<String> done() {
        return operations.done();
    }

    /** Returns whether the pool is draining. */
    public boolean draining() {
        return pools.draining();
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort());
    }

    @Override
    public void close() {
        dashboard.close();
        LifeCycle.stop(server);
        scheduler.shutdownNow();
    }
}
