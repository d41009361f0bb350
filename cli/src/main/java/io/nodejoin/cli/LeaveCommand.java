package io.nodejoin.cli;

import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin leave NODE}: publishes a leave request as a fleet autoscaler would. */
@Command(
        name = "leave",
        description =
                "Requests that a node that Nodejoin joined leave its cluster, by an event on the requests topic: it is cordoned,"
                        + " drained, its host is reset, its Node is deleted.")
final class LeaveCommand implements Callable<Integer> {
    private final Map<String, String> environment;
    private final Clock clock;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Mixin
    private final RequestPublisher publisher;

    @Parameters(paramLabel = "[CLUSTER/]NODE", description = "the node's name")
    private String node = "";

    @Option(
            names = "--deadline",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "stop draining after this time, such as 10m; without --force the node then stays")
    private @Nullable Duration deadline;

    @Option(
            names = "--grace-period",
            paramLabel = "SECONDS",
            converter = GracePeriod.class,
            description = "the termination grace period of each pod")
    private @Nullable Integer gracePeriodSeconds;

    @Option(names = "--force", description = "leave at the deadline with the pods that could not be evicted")
    private boolean force;

    @Option(names = "--host-gone", description = "the machine and its disk are gone: do not wait for its agent")
    private boolean hostGone;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            defaultValue = "25m",
            description = "how long to follow (25m)")
    private Duration timeout = Duration.ofMinutes(25);

    /** The same range as in the schema of the request. */
    private static final class GracePeriod extends WholeNumberConverter {
        GracePeriod() {
            super(0, 86_400);
        }
    }

    LeaveCommand(Terminal terminal, Map<String, String> environment, Clock clock) {
        this.publisher = new RequestPublisher(terminal, clock);
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException {
        ClientSettings settings = client.settings(environment);
        NodeRef leaving = client.node(settings, node);
        LeaveRequested request = new LeaveRequested(
                leaving.cluster(),
                leaving.name(),
                deadline == null ? null : clock.instant().plus(deadline),
                gracePeriodSeconds,
                force ? Boolean.TRUE : null,
                hostGone ? Boolean.TRUE : null);
        String eventId = UUID.randomUUID().toString();
        LifecycleEvent.Outcome end = publisher.publish(settings.requireKafka(), request, eventId, timeout, () -> {});
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("leave", RequestPublisher.joinId(eventId).value());
        facts.put("cluster", leaving.cluster().value());
        facts.put("node", leaving.name().value());
        return publisher.report(client, 7, facts, end);
    }
}
