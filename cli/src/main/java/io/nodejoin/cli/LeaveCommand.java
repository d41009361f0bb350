package io.nodejoin.cli;

import io.nodejoin.protocol.PoolName;
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
        header = {
            "Has a node leave its cluster: cordon, drain, reset its host, delete its Node.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} leave fra-1/worker-7 --wait",
            "  ${ROOT-COMMAND-NAME} leave fra-1/worker-7 --yes --deadline 10m --force",
            "  ${ROOT-COMMAND-NAME} leave fra-1/worker-7 --yes --host-gone",
            ""
        },
        description =
                "Publishes a leave request on the requests topic, as a fleet autoscaler does. Only nodes that Nodejoin joined"
                        + " can leave. With --wait exit code 4 if there is no such node, 5 if it has not ended within --timeout.")
final class LeaveCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Clock clock;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Mixin
    private final RequestPublisher publisher;

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Parameters(paramLabel = ClientOptions.NODE, description = ClientOptions.NODE_DESCRIPTION)
    private String node = "";

    @Option(
            names = "--pool",
            paramLabel = "POOL",
            converter = PoolConverter.class,
            description = "the pool of the node: one of another pool stays")
    private @Nullable PoolName pool;

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
        this.terminal = terminal;
        this.publisher = new RequestPublisher(terminal, environment, clock);
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException {
        ClientSettings settings = client.settings(environment);
        NodeRef leaving = client.node(settings, node);
        String question =
                "Drain %s/%s, reset its host and delete its Node?".formatted(leaving.cluster(), leaving.name());
        if (!confirmation.isGiven(terminal, question)) {
            return ExitCodes.FAILED;
        }
        LeaveRequested request = new LeaveRequested(
                leaving.cluster(),
                leaving.name(),
                deadline == null ? null : clock.instant().plus(deadline),
                gracePeriodSeconds,
                force ? Boolean.TRUE : null,
                hostGone ? Boolean.TRUE : null,
                pool);
        String eventId = UUID.randomUUID().toString();
        LifecycleEvent.Outcome end =
                publisher.publish(settings.requireKafka(), request, eventId, timeout, this::sayWhoResetsTheHost);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("leave", RequestPublisher.joinId(eventId).value());
        facts.put("cluster", leaving.cluster().value());
        facts.put("node", leaving.name().value());
        return publisher.report(client, request, facts, end);
    }

    private void sayWhoResetsTheHost() {
        if (!hostGone) {
            terminal.progress(
                    "once drained, the worker-agent resets the host; if it has ended with the join, start it by"
                            + " touching /etc/nodejoin/enrollment-secret on the machine");
        }
    }
}
