package io.nodejoin.service.wiring;

import io.nodejoin.client.config.ConfigException;
import io.nodejoin.dashboard.DashboardSettings;
import io.nodejoin.dashboard.ServiceStatus;
import io.nodejoin.dashboard.access.Access;
import io.nodejoin.dashboard.http.Dashboard;
import io.nodejoin.dashboard.http.Sources;
import io.nodejoin.service.access.LimitedGuesses;
import io.nodejoin.service.audit.AuditLogReader;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.visibility.event.PhaseDurationReader;
import io.nodejoin.visibility.event.RecentDeadLetters;
import io.nodejoin.visibility.event.RecentEvents;
import io.nodejoin.visibility.event.TopicFeed;
import io.nodejoin.visibility.join.JoinDirectory;
import io.nodejoin.visibility.pool.PoolDirectory;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.eclipse.jetty.server.Handler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The dashboard, and the feed that reads events and dead letters for it. */
final class DashboardParts {
    private static final Logger LOG = LoggerFactory.getLogger(DashboardParts.class);
    private static final int MAX_DEAD_LETTERS = 1000;

    private final Access access;
    private final TopicFeed feed;
    private final PhaseDurationReader pastWeek;
    private final Dashboard dashboard;

    /** @param requests publishes repeated requests */
    DashboardParts(ProcessContext process, Access access, Producer<byte[], byte[]> requests, ServiceStatus status)
            throws ConfigException {
        ServiceConfig config = process.config();
        Connections connections = process.connections();
        Clock clock = process.clock();
        Supplier<Consumer<byte[], byte[]>> readers = connections.kafka().readers();
        this.access = access;
        RecentEvents events = new RecentEvents(RecentEvents.Limits.DEFAULT, clock);
        RecentDeadLetters deadLetters = new RecentDeadLetters(MAX_DEAD_LETTERS);
        JoinDirectory joins = connections.temporal().directory();
        PoolDirectory pools = connections.temporal().pools();
        this.feed = new TopicFeed(
                readers,
                Map.of(config.kafka().eventsTopic(), events, config.kafka().deadLetterTopic(), deadLetters),
                RecentEvents.Limits.DEFAULT.age(),
                clock);
        this.pastWeek = new PhaseDurationReader(
                readers, config.kafka().eventsTopic(), events, PhaseDurationReader.MAX_RECORDS, clock);
        this.dashboard = new Dashboard(
                new DashboardSettings(
                        access,
                        List.copyOf(config.clusters().keySet()),
                        config.dashboard().temporalUi(),
                        config.temporal().namespace(),
                        config.dashboard().docs()),
                new Sources(
                        joins,
                        pools,
                        connections.temporal().agents(),
                        events,
                        deadLetters,
                        feed::problem,
                        new AuditedOperations(joins, pools, config.kafka(), readers, requests, process.audit()),
                        new AuditLogReader(config.audit().file()),
                        connections.temporal().payloadDecoder().orElse(null),
                        clock),
                status,
                new LimitedGuesses(connections.meters(), process.nanoTime()),
                process.scheduler());
    }

    Handler handler() {
        return dashboard.handler();
    }

    void start() {
        switch (access) {
            case Access.Closed(String why) -> LOG.warn("the dashboard is closed: {}", why);
            case Access.LocalReadOnly _ ->
                LOG.info("the dashboard is read-only, since neither dashboard.usersFile nor dashboard.oidc is set");
            case Access.OpenId(var signIn, var _) ->
                LOG.info(
                        "the dashboard is open for the users of {}",
                        signIn.settings().issuer());
            case Access.Basic _ -> LOG.info("the dashboard is open for the users of dashboard.usersFile");
        }
        if (!(access instanceof Access.Closed)) {
            feed.start();
            pastWeek.start();
        }
        dashboard.start();
    }

    void stop() {
        dashboard.close();
        pastWeek.close();
        feed.close();
    }
}
