package io.nodejoin.cli;

import io.nodejoin.activities.RootCause;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveAccepted;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.Taint;
import io.nodejoin.service.config.ConfigException;
import io.nodejoin.service.config.KafkaConfig;
import io.nodejoin.service.kafka.KafkaSettings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
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

/** {@code nodejoin join NODE}: publishes a join request as a fleet autoscaler would. */
@Command(name = "join", description = "Requests that a machine become a node, by an event on the requests topic.")
public final class JoinCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Clock clock;
    private final SecureRandom random;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "NODE", description = "the name that the node gets")
    private String node = "";

    @Option(
            names = "--enrollment",
            paramLabel = "SECRET",
            description = "the one-time secret that is on the machine; without it one is generated and printed")
    private @Nullable String enrollment;

    @Option(names = "--address", paramLabel = "IP", description = "an address of the machine; the first is the node IP")
    private List<String> addresses = List.of();

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "a label of the node")
    private Map<String, String> labels = Map.of();

    @Option(names = "--taint", paramLabel = "KEY[=VALUE]:EFFECT", description = "a taint of the node")
    private List<String> taints = List.of();

    @Option(names = "--provider-id", paramLabel = "ID", description = "the machine at its cloud or fleet")
    private @Nullable String providerId;

    @Option(
            names = "--profile",
            paramLabel = "PROFILE",
            defaultValue = "containerd",
            description = "containerd or docker")
    private HostProfile profile = HostProfile.CONTAINERD;

    @Option(
            names = "--serving-certificate",
            description = "have the kubelet serve with a certificate of the cluster, and wait for it; needs --address")
    private boolean servingCertificate;

    @Option(names = "--rejoin", description = "the machine takes the place of its own earlier node, as after a repair")
    private boolean rejoin;

    @Option(
            names = "--pod-cidr",
            paramLabel = "CIDR",
            description = "the addresses of the node's pods, for a bridge as their network")
    private @Nullable String podCidr;

    @Option(
            names = "--signing-key",
            paramLabel = "FILE",
            description = "sign the request with this private key, a JWK of type EC or OKP")
    private @Nullable Path signingKey;

    @Option(
            names = "--ready-gate",
            paramLabel = "GATE",
            description = "what to wait for besides Ready, repeatable: a node condition type, or"
                    + " DaemonSet/NAMESPACE/NAME for a DaemonSet whose pod on the node must be Ready")
    private List<String> readyGates = List.of();

    @Option(
            names = "--deadline",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "give the join up after this time, such as 10m")
    private @Nullable Duration deadline;

    @Option(names = "--wait", description = "follow the join to its end")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            defaultValue = "15m",
            description = "how long to follow (15m)")
    private Duration timeout = Duration.ofMinutes(15);

    public JoinCommand(Terminal terminal, Map<String, String> environment, Clock clock, SecureRandom random) {
        this.terminal = terminal;
        this.environment = environment;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public Integer call() throws Exception {
        ClientSettings settings = client.settings(environment);
        EnrollmentSecret secret =
                enrollment == null ? EnrollmentSecret.random(random) : new EnrollmentSecret(enrollment);
        JoinRequested request = request(settings.requireCluster(client.cluster()), secret);
        try {
            return publish(settings.requireKafka(), request, secret);
        } catch (KafkaException | ExecutionException e) {
            throw new CliException(ExitCodes.UNREACHABLE, "cannot reach Kafka: " + RootCause.message(e), e);
        } catch (ConfigException e) {
            throw new CliException(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private int publish(KafkaConfig kafka, JoinRequested request, EnrollmentSecret secret)
            throws ConfigException, ExecutionException, InterruptedException {
        KafkaSettings settings = new KafkaSettings(kafka);
        RequestSender sender = new RequestSender(settings, kafka.requestsTopic(), clock, signingKey);
        String eventId = UUID.randomUUID().toString();
        if (!wait) {
            sender.send(request.cluster(), request.nodeName(), request, eventId);
            return report(request, eventId, secret, null);
        }
        try (EventTail tail = EventTail.open(settings.common(), kafka.eventsTopic())) {
            Instant started = clock.instant();
            sender.send(request.cluster(), request.nodeName(), request, eventId);
            if (enrollment == null) {
                terminal.progress("one-time secret for the machine: " + secret.value());
            }
            Optional<LifecycleEvent.Outcome> end = new JoinFollower(
                            terminal, clock, JoinId.of(RequestSender.SOURCE.toString(), eventId), eventId)
                    .awaitEnd(tail, started, started.plus(timeout));
            return report(request, eventId, secret, end.orElse(null));
        }
    }

    private int report(
            JoinRequested request, String eventId, EnrollmentSecret secret, LifecycleEvent.@Nullable Outcome end) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("event", eventId);
        facts.put("join", JoinId.of(RequestSender.SOURCE.toString(), eventId).value());
        facts.put("cluster", request.cluster().value());
        facts.put("node", request.nodeName().value());
        if (enrollment == null) {
            facts.put("enrollment", secret.value());
        }
        if (wait) {
            facts.put("outcome", end == null ? "StillRunning" : outcome(end));
        }
        if (client.json()) {
            if (end != null) {
                facts.put("detail", end);
            }
            terminal.json(facts);
        } else {
            facts.forEach((name, value) -> terminal.data("%-10s  %s".formatted(name, value)));
        }
        return wait ? exitCode(end) : ExitCodes.OK;
    }

    static String outcome(LifecycleEvent.Outcome end) {
        return switch (end) {
            case JoinSucceeded _ -> "Joined";
            case JoinFailed _ -> "Failed";
            case JoinCancelled _ -> "Cancelled";
            case JoinRejected _ -> "Rejected";
            case LeaveSucceeded _ -> "Left";
            case LeaveFailed _ -> "Failed";
            case JoinAccepted _, JoinPhaseChanged _, LeaveAccepted _ -> "StillRunning";
        };
    }

    static int exitCode(LifecycleEvent.@Nullable Outcome end) {
        return switch (end) {
            case null -> ExitCodes.STILL_RUNNING;
            case JoinAccepted _, JoinPhaseChanged _, LeaveAccepted _ -> ExitCodes.STILL_RUNNING;
            case JoinSucceeded _, LeaveSucceeded _ -> ExitCodes.OK;
            case JoinFailed _, JoinCancelled _, LeaveFailed _ -> ExitCodes.FAILED;
            case JoinRejected _ -> ExitCodes.REJECTED;
        };
    }

    private JoinRequested request(ClusterName cluster, EnrollmentSecret secret) {
        return new JoinRequested(
                cluster,
                nodeName(node),
                secret.digest(),
                addresses,
                labels,
                taints.stream().map(JoinCommand::taint).toList(),
                providerId,
                profile,
                readyGates,
                deadline == null ? null : clock.instant().plus(deadline),
                servingCertificate ? Boolean.TRUE : null,
                rejoin ? Boolean.TRUE : null,
                podCidr);
    }

    static NodeName nodeName(String value) {
        return NodeName.violation(value)
                .<NodeName>map(rule -> {
                    throw new CliException(ExitCodes.USAGE, "the node name '" + value + "' " + rule, null);
                })
                .orElseGet(() -> new NodeName(value));
    }

    static Taint taint(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new CliException(ExitCodes.USAGE, "'" + text + "' is no taint; write KEY[=VALUE]:EFFECT", null);
        }
        String[] keyAndValue = text.substring(0, colon).split("=", 2);
        try {
            return new Taint(
                    keyAndValue[0],
                    keyAndValue.length == 2 ? keyAndValue[1] : null,
                    Taint.Effect.valueOf(text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "'" + text + "' has no known effect; allowed: NoSchedule, PreferNoSchedule, NoExecute",
                    e);
        }
    }
}
