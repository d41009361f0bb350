package io.nodejoin.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.activities.Lasting;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.gateway.agentca.AgentCertificates;
import io.nodejoin.gateway.agentca.GatewayCredentials;
import io.nodejoin.gateway.config.GatewaySettings;
import io.nodejoin.gateway.enrollment.Admissions;
import io.nodejoin.gateway.enrollment.Enrollments;
import io.nodejoin.gateway.enrollment.JoinHints;
import io.nodejoin.gateway.enrollment.RejoiningNodes;
import io.nodejoin.gateway.enrollment.Rejoins;
import io.nodejoin.gateway.enrollment.Renewals;
import io.nodejoin.gateway.http.AgentApi;
import io.nodejoin.gateway.http.AgentHttp;
import io.nodejoin.gateway.http.StrictJson;
import io.nodejoin.gateway.ratelimit.AttemptLimit;
import io.nodejoin.gateway.ratelimit.Refusals;
import io.nodejoin.gateway.session.AgentAnnouncer;
import io.nodejoin.gateway.session.GatewayHostActivities;
import io.nodejoin.gateway.session.GatewayMetrics;
import io.nodejoin.gateway.session.Mailboxes;
import io.nodejoin.gateway.session.NodeMailbox;
import io.nodejoin.gateway.temporal.JoinWorkflows;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.host.HostActivities;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.queue.TaskQueues;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where worker-agents connect: they enroll, park their polls, and report. {@link #activities()} reach them.
 *
 * <p>It keeps no state that matters: after a restart agents connect again and commands are handed out again.
 */
public final class HostGateway {
    private static final double ENROLLMENTS_PER_SECOND = 10;
    private static final double ENROLLMENT_BURST = 20;
    private static final double ENROLLMENTS_PER_SECOND_AND_NODE = 5;
    private static final double ENROLLMENT_BURST_OF_NODE = 10;
    private static final double REJOINS_PER_SECOND_AND_NODE = 0.05;
    private static final double REJOIN_BURST_OF_NODE = 5;
    private static final double RENEWALS_PER_SECOND_AND_AGENT = 0.2;
    private static final double RENEWAL_BURST_OF_AGENT = 5;
    /** A join needs two dozen; within the day that one may take, this stays far below the 10,000 signals at which Temporal ends it. */
    private static final double NEWS_PER_SECOND_AND_AGENT = 1.0 / 60;

    private static final double NEWS_BURST_OF_AGENT = 64;
    private static final Duration IDLE_CONNECTION = Duration.ofSeconds(60);
    private static final Duration SWEEP = Duration.ofMinutes(1);
    /** How many joins are told of their agents at once: after a restart all agents come back together. */
    private static final int TELLERS = 16;

    private static final Logger LOG = LoggerFactory.getLogger(HostGateway.class);
    private static final Duration STOP = Duration.ofSeconds(5);

    private final GatewayCredentials credentials;
    private final Duration reread;
    private final Mailboxes mailboxes;
    private final JoinHints hints = new JoinHints();
    private final AgentAnnouncer announcer;
    private final Enrollments enrollments;
    private final HostActivities activities;
    private final ExecutorService executor;
    private final ExecutorService tellers;
    private final ScheduledExecutorService sweeper;
    private final Server server;
    private final ServerConnector connector;

    /**
     * Reads the certificates and keys; starts nothing. Throws {@link IllegalArgumentException} naming the file that does
     * not fit.
     */
    public HostGateway(
            GatewaySettings settings,
            JoinWorkflows workflows,
            RejoiningNodes rejoining,
            AuditLog audit,
            Clock clock,
            MeterRegistry registry) {
        this.credentials = new GatewayCredentials(settings, clock, new SecureRandom());
        this.reread = settings.times().reread();
        this.executor = Executors.newVirtualThreadPerTaskExecutor();
        this.tellers = Executors.newFixedThreadPool(
                TELLERS,
                Thread.ofPlatform().daemon().name("agent-announcer-", 0).factory());
        this.sweeper = Executors.newSingleThreadScheduledExecutor(
                Thread.ofVirtual().name("gateway-sweeper").factory());
        this.mailboxes = new Mailboxes(settings.times(), System::nanoTime);
        this.announcer = new AgentAnnouncer(
                workflows,
                limit(NEWS_PER_SECOND_AND_AGENT, NEWS_BURST_OF_AGENT),
                TaskQueues.gateway(settings.instance()),
                UUID.randomUUID(),
                tellers);
        AgentCertificates certificates = new AgentCertificates(credentials, audit);
        Refusals refusals = new Refusals(audit, System::nanoTime);
        this.enrollments = new Enrollments(
                workflows,
                certificates,
                hints,
                settings.times(),
                limit(ENROLLMENTS_PER_SECOND_AND_NODE, ENROLLMENT_BURST_OF_NODE),
                refusals);
        Renewals renewals = new Renewals(
                workflows, certificates, limit(RENEWALS_PER_SECOND_AND_AGENT, RENEWAL_BURST_OF_AGENT), refusals);
        GatewayMetrics metrics = new GatewayMetrics(registry, mailboxes);
        this.activities = new GatewayHostActivities(mailboxes, metrics, audit);
        Rejoins rejoins = new Rejoins(rejoining, limit(REJOINS_PER_SECOND_AND_NODE, REJOIN_BURST_OF_NODE), refusals);
        AgentApi api = new AgentApi(
                new Admissions(enrollments, rejoins, renewals), mailboxes, announcer, refusals, metrics, executor);
        AttemptLimit perAddress = limit(ENROLLMENTS_PER_SECOND, ENROLLMENT_BURST);
        this.server = new Server(new QueuedThreadPool());
        this.connector = connector(server, credentials.tls());
        connector.setHost(settings.listen().getHostString());
        connector.setPort(settings.listen().getPort());
        server.addConnector(connector);
        server.setHandler(new GracefulHandler(
                new AgentHttp(api, credentials, refusals, perAddress, new StrictJson(), clock, executor)));
        server.setStopTimeout(STOP.toMillis());
        server.setErrorHandler((_, _, callback) -> {
            callback.succeeded();
            return true;
        });
    }

    /** The activities that reach this replica's agents, for a worker on {@link TaskQueues#gateway} of this instance. */
    public HostActivities activities() {
        return activities;
    }

    /** Listens. Throws {@link IOException} if the address cannot be had. */
    public void start() throws IOException {
        connector.open();
        LifeCycle.start(server);
        every(SWEEP, "forgetting idle agents", mailboxes::sweep);
        every(reread, "looking at the gateway's certificates", credentials::reread);
    }

    /** What keeps it from serving as it is told to, or null. */
    public @Nullable String obstacle() {
        return port() > 0 ? credentials.obstacle().orElse(null) : "does not listen";
    }

    /** Where it listens. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Whether the agent of this node holds a session with this replica. */
    public boolean connected(ClusterName cluster, NodeName node) {
        return mailboxes.at(new NodeRef(cluster, node)).stream().anyMatch(NodeMailbox::connected);
    }

    /** A join of this node has started: an agent that waits for it goes on at once. Harmless if there is none. */
    public void joinStarted(ClusterName cluster, NodeName node) {
        NodeRef started = new NodeRef(cluster, node);
        hints.joinStarted(started);
        mailboxes.at(started).forEach(announcer::joinStarted);
    }

    /** Answers whoever waits, then closes. What Temporal does not answer in time is cut short. A second call does nothing. */
    public void stop() {
        enrollments.stop();
        mailboxes.close();
        try {
            server.stop();
        } catch (TimeoutException _) {
            LOG.info("requests were under way after {} s and are cut short; their agents ask again", STOP.toSeconds());
        } catch (Exception e) { // all that Jetty declares
            throw new IllegalStateException("the gateway does not stop", e);
        } finally {
            sweeper.shutdownNow();
            tellers.shutdownNow();
            executor.shutdownNow();
        }
    }

    private void every(Duration time, String what, Lasting.Act<RuntimeException> act) {
        Future<?> _ = sweeper.scheduleWithFixedDelay(
                () -> Lasting.succeeds(what, act), time.toMillis(), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static AttemptLimit limit(double perSecond, double burst) {
        return new AttemptLimit(perSecond, burst, System::nanoTime);
    }

    private static ServerConnector connector(Server server, SslContextFactory.Server tls) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.addCustomizer(new SecureRequestCustomizer(false));
        ServerConnector connector = new ServerConnector(server, tls, new HttpConnectionFactory(http));
        connector.setIdleTimeout(IDLE_CONNECTION.toMillis());
        return connector;
    }
}
