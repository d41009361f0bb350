package io.nodejoin.cli;

import io.nodejoin.activities.RootCause;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.service.config.ConfigException;
import io.nodejoin.service.config.KafkaConfig;
import io.nodejoin.service.kafka.KafkaSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
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
public final class LeaveCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Clock clock;

    @Mixin
    private ClientOptions client = new ClientOptions();

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
            names = "--signing-key",
            paramLabel = "FILE",
            description = "sign the request with this private key, a JWK of type EC or OKP")
    private @Nullable Path signingKey;

    @Option(names = "--wait", description = "follow the leave to its end")
    private boolean wait;

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

    public LeaveCommand(Terminal terminal, Map<String, String> environment, Clock clock) {
        this.terminal = terminal;
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public Integer call() throws Exception {
        ClientSettings settings = client.settings(environment);
        int slash = node.indexOf('/');
        ClusterName cluster = settings.requireCluster(slash < 0 ? client.cluster() : node.substring(0, slash));
        LeaveRequested request = new LeaveRequested(
                cluster,
                JoinCommand.nodeName(node.substring(slash + 1)),
                deadline == null ? null : clock.instant().plus(deadline),
                gracePeriodSeconds,
                force ? Boolean.TRUE : null,
                hostGone ? Boolean.TRUE : null);
        try {
            return publish(settings.requireKafka(), request);
        } catch (KafkaException | ExecutionException e) {
            throw new CliException(ExitCodes.UNREACHABLE, "cannot reach Kafka: " + RootCause.message(e), e);
        } catch (ConfigException e) {
            throw new CliException(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private int publish(KafkaConfig kafka, LeaveRequested request)
            throws ConfigException, ExecutionException, InterruptedException {
        KafkaSettings settings = new KafkaSettings(kafka);
        RequestSender sender = new RequestSender(settings, kafka.requestsTopic(), clock, signingKey);
        String eventId = UUID.randomUUID().toString();
        JoinId leaveId = JoinId.of(RequestSender.SOURCE.toString(), eventId);
        if (!wait) {
            sender.send(request.cluster(), request.nodeName(), request, eventId);
            return report(request, leaveId, null);
        }
        try (EventTail tail = EventTail.open(settings.common(), kafka.eventsTopic())) {
            Instant started = clock.instant();
            sender.send(request.cluster(), request.nodeName(), request, eventId);
            Optional<LifecycleEvent.Outcome> end =
                    new JoinFollower(terminal, clock, leaveId, eventId).awaitEnd(tail, started, started.plus(timeout));
            return report(request, leaveId, end.orElse(null));
        }
    }

    private int report(LeaveRequested request, JoinId leaveId, LifecycleEvent.@Nullable Outcome end) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("leave", leaveId.value());
        facts.put("cluster", request.cluster().value());
        facts.put("node", request.nodeName().value());
        if (wait) {
            facts.put("outcome", end == null ? "StillRunning" : JoinCommand.outcome(end));
        }
        if (client.json()) {
            if (end != null) {
                facts.put("detail", end);
            }
            terminal.json(facts);
        } else {
            facts.forEach((name, value) -> terminal.data("%-7s  %s".formatted(name, value)));
        }
        return wait ? JoinCommand.exitCode(end) : ExitCodes.OK;
    }
}
