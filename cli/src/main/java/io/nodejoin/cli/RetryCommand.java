package io.nodejoin.cli;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin retry NODE}: requests a join that has failed again, by another event. */
@Command(
        name = "retry",
        header = {
            "Requests a join again that has failed or was cancelled.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} retry fra-1/worker-7 --wait",
            "  ${ROOT-COMMAND-NAME} retry fra-1/worker-7 --deadline 30m --signing-key autoscaler.jwk",
            ""
        },
        description = {
            "The request is that of the failed join, as Temporal has it, without its deadline. The machine needs the"
                    + " enrollment secret that it had, which is valid again; where requests are signed, a key that the cluster accepts is needed."
                    + " A join that had a machine of its pool takes any that fits: another, if that one is taken.",
            "Exit code 6 if the latest request has not failed; with --wait as of join."
        })
final class RetryCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Clock clock;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Mixin
    private final RequestPublisher publisher;

    @Parameters(paramLabel = ClientOptions.NODE, description = ClientOptions.NODE_DESCRIPTION)
    private String node = "";

    @Option(
            names = "--deadline",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "give the join up after this time, such as 10m")
    private @Nullable Duration deadline;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            defaultValue = "15m",
            description = "how long to follow (15m)")
    private Duration timeout = Duration.ofMinutes(15);

    RetryCommand(Terminal terminal, Map<String, String> environment, Clock clock) {
        this.terminal = terminal;
        this.environment = environment;
        this.clock = clock;
        this.publisher = new RequestPublisher(terminal, environment, clock);
    }

    @Override
    public Integer call() throws InterruptedException {
        ClientSettings settings = client.settings(environment);
        Instant until = deadline == null ? null : clock.instant().plus(deadline);
        JoinRequested request = again(failedRequest(settings), until);
        String eventId = UUID.randomUUID().toString();
        LifecycleEvent.Outcome end = publisher.publish(settings.requireKafka(), request, eventId, timeout, () -> {
            if (!request.needsMachine()) {
                terminal.progress("the machine needs the enrollment secret that it had");
            }
        });
        Map<String, Object> facts = RequestPublisher.facts(eventId, request);
        return publisher.report(client, request, facts, end);
    }

    private JoinRequested failedRequest(ClientSettings settings) {
        NodeRef wanted = client.node(settings, node);
        try (TemporalSession temporal = TemporalSession.open(settings.temporal())) {
            JoinLookup lookup = temporal.lookup();
            ListedRequest latest = ListedRequest.of(lookup.requests(wanted).getFirst());
            if (latest.phase() != Phase.Failed && latest.phase() != Phase.Cancelled) {
                throw new CliException(
                        ExitCodes.REJECTED,
                        "the latest request of %s is %s: only one that has failed or was cancelled can be made again"
                                .formatted(latest.reference(), latest.phase()),
                        null);
            }
            return lookup.request(wanted);
        }
    }

    /** Returns the request of a failed join with another deadline. */
    static JoinRequested again(JoinRequested failed, @Nullable Instant until) {
        boolean hadMachine = hadMachine(failed);
        return new JoinRequested(
                failed.cluster(),
                failed.nodeName(),
                hadMachine ? null : failed.enrollment(),
                hadMachine ? List.of() : failed.addresses(),
                failed.labels(),
                failed.taints(),
                hadMachine ? null : failed.providerId(),
                failed.hostProfile(),
                failed.readyGates(),
                until,
                failed.servingCertificate(),
                failed.rejoin(),
                failed.podCidr(),
                failed.pool(),
                hadMachine ? null : failed.machine());
    }

    /** The machine that a pool gave to the failed join may be another join's now. */
    private static boolean hadMachine(JoinRequested failed) {
        return failed.pool() != null
                && !failed.needsMachine()
                && failed.wantedMachine().id() != null;
    }
}
