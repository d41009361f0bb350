package io.nodejoin.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.activities.SupervisedLoop;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.gateway.admission.JoinAdmission;
import io.nodejoin.gateway.agentca.AgentCertificates;
import io.nodejoin.gateway.agentca.GatewayCredentials;
import io.nodejoin.gateway.attestation.Attestations;
import io.nodejoin.gateway.config.GatewaySettings;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.gateway.config.ListenAddress;
import io.nodejoin.gateway.config.ProxyAddresses;
import io.nodejoin.gateway.connection.ClientConnections;
import io.nodejoin.gateway.connection.ConnectionLimits;
import io.nodejoin.gateway.connection.ConnectionMetrics;
import io.nodejoin.gateway.connection.ProxyHeaders;
import io.nodejoin.gateway.enrollment.CredentialIssuance;
import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.gateway.enrollment.EnrollmentLimits;
import io.nodejoin.gateway.enrollment.Enrollments;
import io.nodejoin.gateway.enrollment.JoinStartWatcher;
import io.nodejoin.gateway.enrollment.ParkedEnrollments;
import io.nodejoin.gateway.enrollment.RejoinHandler;
import io.nodejoin.gateway.enrollment.Rejoins;
import io.nodejoin.gateway.enrollment.Renewals;
import io.nodejoin.gateway.http.AgentApi;
import io.nodejoin.gateway.http.AgentHttpHandler;
import io.nodejoin.gateway.machines.MachineAnnouncements;
import io.nodejoin.gateway.query.GatewayQueries;
import io.nodejoin.gateway.ratelimit.ConnectionRateLimiter;
import io.nodejoin.gateway.ratelimit.ProvenSubnets;
import io.nodejoin.gateway.ratelimit.RateLimiter;
import io.nodejoin.gateway.ratelimit.RefusalAudit;
import io.nodejoin.gateway.ratelimit.SubnetLimiter;
import io.nodejoin.gateway.session.AgentPresence;
import io.nodejoin.gateway.session.AgentSession;
import io.nodejoin.gateway.session.AgentSessions;
import io.nodejoin.gateway.session.EnrollmentPolls;
import io.nodejoin.gateway.session.GatewayHostActivities;
import io.nodejoin.gateway.session.GatewayMetrics;
import io.nodejoin.gateway.temporal.JoinWorkflows;
import io.nodejoin.gateway.temporal.JoinWorkflows.StartedJoin;
import io.nodejoin.gateway.temporal.MachinePools;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.gateway.GatewayWorkflow;
import io.nodejoin.workflows.hostcommand.HostActivities;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.temporal.TaskQueues;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.InetAddressSet;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTPS server of the worker-agents: enrollment, long polls, reports. {@link #activities()} send commands to them.
 *
 * <p>Stateless: after a restart agents reconnect and commands are delivered again.
 */
public final class HostGateway {
    private static final double RENEWALS_PER_SECOND_AND_AGENT = 0.2;
    private static final double RENEWAL_BURST_OF_AGENT = 5;
    /**
     * A join needs two dozen reports. Over the day that a join may take, this stays far below the 10,000 signals at
     * which Temporal terminates a workflow.
     */
    private static final double REPORTS_PER_SECOND_AND_AGENT = 1.0 / 60;

    private static final double REPORT_BURST_OF_AGENT = 64;
    private static final Duration IDLE_SESSION_CHECK_INTERVAL = Duration.ofMinutes(1);
    private static final Duration ADMISSION_INTERVAL = Duration.ofSeconds(1);
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(2);
    private static final Duration AWAY_INTERVAL = Duration.ofSeconds(10);
    /** Concurrent presence reports; after a restart all agents reconnect at once. */
    private static final int PRESENCE_THREADS = 16;

    private static final Logger LOG = LoggerFactory.getLogger(HostGateway.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final GatewayCredentials credentials;
    private final Duration reread;
    private final AgentSessions sessions;
    private final JoinAdmission admission;
    private final ParkedEnrollments parkedEnrollments;
    private final JoinStartWatcher joinStartWatcher;
    private final AtomicBoolean watching = new AtomicBoolean();
    private final AtomicBoolean tellingAway = new AtomicBoolean();
    private final Clock clock;
    private final AgentPresence presence;
    private final Enrollments enrollments;
    private final MachineAnnouncements announcements;
    private final HostActivities activities;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService presenceExecutor;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService scheduler;
    private final List<Future<?>> repeated = new ArrayList<>();
    private final Server server;
    private final ServerConnector connector;

    /**
     * Reads the certificates and keys; starts nothing. Throws {@link IllegalArgumentException} that names the file that
     * cannot be used.
     *
     * @param clock the time of certificates
     * @param nanoTime a monotonic clock, as {@link System#nanoTime()}
     * @param scheduler runs tasks by that clock; not stopped here
     */
    public HostGateway(
            GatewaySettings settings,
            GatewayTimeouts timeouts,
            ConnectionLimits limits,
            JoinWorkflows workflows,
            MachinePools pools,
            RejoinHandler rejoinHandler,
            AuditLog audit,
            Clock clock,
            LongSupplier nanoTime,
            ScheduledExecutorService scheduler,
            MeterRegistry registry) {
        this.credentials = new GatewayCredentials(settings, timeouts.certificateLife(), clock, new SecureRandom());
        this.reread = timeouts.reloadInterval();
        this.clock = clock;
        this.presenceExecutor = Executors.newFixedThreadPool(
                PRESENCE_THREADS,
                Thread.ofPlatform().daemon().name("agent-presence-", 0).factory());
        this.nanoTime = nanoTime;
        this.scheduler = scheduler;
        this.sessions = new AgentSessions(timeouts, nanoTime, scheduler);
        this.admission = new JoinAdmission(settings.admission(), nanoTime, registry);
        this.parkedEnrollments = new ParkedEnrollments(admission);
        this.presence = newPresence(workflows, settings);
        AgentCertificates certificates = new AgentCertificates(credentials, audit);
        RefusalAudit refusalAudit = new RefusalAudit(audit, nanoTime);
        GatewayMetrics metrics = metrics(registry);
        Attestations attestations = new Attestations(credentials, metrics, clock);
        this.enrollments = new Enrollments(
                workflows,
                attestations,
                certificates,
                new EnrollmentPolls(sessions, presence),
                parkedEnrollments,
                admission,
                timeouts,
                new EnrollmentLimits(nanoTime),
                refusalAudit,
                metrics,
                nanoTime,
                scheduler);
        this.announcements =
                new MachineAnnouncements(pools, refusalAudit, timeouts.enrollmentWait(), nanoTime, scheduler);
        metrics.machinesWaiting(announcements::countWaiting);
        this.joinStartWatcher = new JoinStartWatcher(workflows, this::isAnyAgentHere, this::joinSeen);
        this.activities = new GatewayHostActivities(sessions, presence, admission, metrics, audit, scheduler);
        Rejoins rejoins = new Rejoins(rejoinHandler, refusalAudit, metrics, nanoTime);
        RateLimiter renewing = rateLimiter(RENEWALS_PER_SECOND_AND_AGENT, RENEWAL_BURST_OF_AGENT);
        Renewals renewals = new Renewals(workflows, certificates, renewing, refusalAudit, metrics);
        AgentApi api = new AgentApi(sessions, presence, admission, refusalAudit, metrics, executor);
        ProvenSubnets proven = new ProvenSubnets(nanoTime);
        ClientConnections connections = connections(limits, proven, registry);
        this.server = silentServer();
        this.connector = connector(server, credentials.tls(), settings, List.of(metrics.handshakes(), connections));
        listenAt(settings.listen(), limits);
        server.setHandler(new GracefulHandler(new AgentHttpHandler(
                api,
                new CredentialIssuance(attestations, enrollments, rejoins, renewals),
                announcements,
                credentials,
                refusalAudit,
                SubnetLimiter.ofRequests(proven, nanoTime),
                proven,
                connections,
                limits.body(),
                clock,
                executor,
                scheduler)));
    }

    /**
     * Returns the activities that send commands to this replica's agents, for a worker on {@link TaskQueues#gateway} of
     * this instance.
     */
    public HostActivities activities() {
        return activities;
    }

    /** Returns a new answerer of the queries to this replica, for the same worker. */
    public GatewayWorkflow queries() {
        return new GatewayQueries(sessions, enrollments.waitingAgents(), admission, clock);
    }

    /** Starts to listen. Throws {@link IOException} if the address cannot be bound. */
    public void start() throws IOException {
        connector.open();
        LifeCycle.start(server);
        scheduleEvery(IDLE_SESSION_CHECK_INTERVAL, "removing idle sessions", sessions::removeIdle);
        scheduleEvery(ADMISSION_INTERVAL, "admitting joins", admission::removeExpired);
        scheduleEvery(WATCH_INTERVAL, "looking for started joins", this::watchJoinStarts);
        scheduleEvery(AWAY_INTERVAL, "looking for silent machines", this::tellAway);
        scheduleEvery(reread, "reloading the gateway's certificates", credentials::reloadIfChanged);
    }

    /** Returns why the gateway does not serve with its configured files, or null. */
    public @Nullable String notReadyReason() {
        return port() > 0 ? credentials.notReadyReason().orElse(null) : "does not listen";
    }

    /** Returns the port that it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Returns whether the agent of this node is connected to this replica. */
    public boolean isConnected(ClusterName cluster, NodeName node) {
        return sessions.sessionsOf(new NodeRef(cluster, node)).stream().anyMatch(AgentSession::isConnected);
    }

    /** Returns the enrollments that wait at this replica. */
    public EnrollmentHandover enrollmentHandover() {
        return parkedEnrollments;
    }

    /** Wakes an agent that waits for a join of this node to start. No effect if there is none. */
    public void joinStarted(ClusterName cluster, NodeName node) {
        NodeRef started = new NodeRef(cluster, node);
        enrollments.joinStarted(started);
        sessions.sessionsOf(started).forEach(presence::scheduleReport);
    }

    private boolean isAnyAgentHere() {
        return enrollments.isAnyWaiting() || announcements.isAnyWaiting() || sessions.isAnyConnected();
    }

    private void joinSeen(StartedJoin started) {
        NodeRef node = started.node();
        enrollments.joinSeen(node, started.run());
        announcements.joinSeen(node, started.secretDigest());
        sessions.sessionsOf(node).forEach(session -> presence.joinSeen(session, started.run()));
    }

    private void watchJoinStarts() {
        executeAlone(watching, "looking for started joins", joinStartWatcher::check);
    }

    private void tellAway() {
        executeAlone(tellingAway, "telling pools of silent machines", announcements::tellAway);
    }

    /** Acts in a thread that may wait, one at a time. */
    private void executeAlone(AtomicBoolean active, String what, SupervisedLoop.Iteration<RuntimeException> iteration) {
        if (active.compareAndSet(false, true)) {
            executor.execute(() -> {
                try {
                    boolean _ = SupervisedLoop.runIteration(what, iteration);
                } finally {
                    active.set(false);
                }
            });
        }
    }

    /** Ends pending requests, then closes. Aborts calls to Temporal that do not end in time. Idempotent. */
    public void stop() {
        enrollments.stop();
        announcements.stop();
        sessions.close();
        try {
            server.stop();
        } catch (TimeoutException _) {
            LOG.info("requests were pending after {} s and are aborted; their agents retry", STOP_TIMEOUT.toSeconds());
        } catch (Exception e) { // Jetty declares no narrower exception
            throw new IllegalStateException("the gateway does not stop", e);
        } finally {
            repeated.forEach(task -> task.cancel(true));
            presenceExecutor.shutdownNow();
            executor.shutdownNow();
        }
    }

    private void scheduleEvery(Duration time, String what, SupervisedLoop.Iteration<RuntimeException> iteration) {
        repeated.add(scheduler.scheduleWithFixedDelay(
                () -> SupervisedLoop.runIteration(what, iteration),
                time.toMillis(),
                time.toMillis(),
                TimeUnit.MILLISECONDS));
    }

    private void listenAt(ListenAddress address, ConnectionLimits limits) {
        connector.setIdleTimeout(limits.nextHead().toMillis());
        connector.setHost(address.host());
        connector.setPort(address.port());
    }

    private ClientConnections connections(ConnectionLimits limits, ProvenSubnets proven, MeterRegistry registry) {
        return new ClientConnections(
                limits,
                new ConnectionRateLimiter(proven, Runtime.getRuntime().availableProcessors(), nanoTime)::tryAcquire,
                new ConnectionMetrics(registry, "gateway", "anonymous_connections"),
                scheduler);
    }

    private GatewayMetrics metrics(MeterRegistry registry) {
        GatewayMetrics metrics = new GatewayMetrics(registry, sessions);
        metrics.certificate("gateway", credentials::gatewayNotAfter);
        metrics.certificate("agent-ca", credentials::agentCaNotAfter);
        return metrics;
    }

    private AgentPresence newPresence(JoinWorkflows workflows, GatewaySettings settings) {
        return new AgentPresence(
                workflows,
                admission,
                rateLimiter(REPORTS_PER_SECOND_AND_AGENT, REPORT_BURST_OF_AGENT),
                TaskQueues.gateway(settings.instance()),
                UUID.randomUUID(),
                presenceExecutor,
                scheduler);
    }

    private RateLimiter rateLimiter(double perSecond, double burst) {
        return new RateLimiter(perSecond, burst, nanoTime);
    }

    /**
     * Threads of connections compute, above all handshakes, and never wait: more of them would only let strangers take
     * memory and processors from those that serve machines.
     */
    private static int connectionThreads() {
        return 8 + 2 * Runtime.getRuntime().availableProcessors();
    }

    /** A server without pages of its own. */
    private static Server silentServer() {
        Server server = new Server(new QueuedThreadPool(connectionThreads(), 2));
        server.setStopTimeout(STOP_TIMEOUT.toMillis());
        server.setErrorHandler((_, _, callback) -> {
            callback.succeeded();
            return true;
        });
        return server;
    }

    private static ServerConnector connector(
            Server server, SslContextFactory.Server tls, GatewaySettings settings, List<Object> listeners) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.addCustomizer(new SecureRequestCustomizer(false));
        ServerConnector connector = new ServerConnector(server, tls, new HttpConnectionFactory(http));
        InetAddressSet proxies = ProxyAddresses.parse(settings.proxyProtocol());
        if (!proxies.isEmpty()) {
            connector.addFirstConnectionFactory(
                    new ProxyHeaders(proxies, connector.getConnectionFactory(SslConnectionFactory.class)));
        }
        listeners.forEach(connector::addBean);
        server.addConnector(connector);
        return connector;
    }
}
