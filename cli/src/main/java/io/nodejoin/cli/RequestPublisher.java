package io.nodejoin.cli;

import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.LifecycleEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Publishes the request of a command on the requests topic, signed if there is a key, and follows it if wanted. */
final class RequestPublisher {
    private final Terminal terminal;
    private final Clock clock;

    @Mixin
    private final RequestSender sender;

    @Option(names = "--wait", description = "follow the ${COMMAND-NAME} to its end")
    private boolean wait;

    RequestPublisher(Terminal terminal, Map<String, String> environment, Clock clock) {
        this.terminal = terminal;
        this.clock = clock;
        this.sender = new RequestSender(environment, clock);
    }

    /** Returns the id of the join or leave that an event with this id requests. */
    static JoinId joinId(String eventId) {
        return JoinId.of(RequestSender.SOURCE.toString(), eventId);
    }

    /** Returns what is said of each join request that was published. */
    static Map<String, Object> facts(String eventId, JoinRequested request) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("event", eventId);
        facts.put("join", joinId(eventId).value());
        facts.put("cluster", request.cluster().value());
        facts.put("node", request.nodeName().value());
        return facts;
    }

    /**
     * Publishes a request, and follows it for this time if wanted.
     *
     * @param published runs before a request is followed, once the broker has acknowledged it
     * @return the outcome, or the last event of the request so far; null if it has none yet or is not followed
     */
    LifecycleEvent.@Nullable Outcome publish(
            KafkaConfig kafka, LifecycleEvent.NodeRequest request, String eventId, Duration timeout, Runnable published)
            throws InterruptedException {
        Optional<LifecycleEvent.Outcome> last = new KafkaCalls(kafka).call(() -> {
            if (!wait) {
                RecordMetadata _ = sender.send(kafka, request, eventId);
                return Optional.empty();
            }
            try (EventReader reader = EventReader.open(kafka, kafka.eventsTopic(), null)) {
                Instant started = clock.instant();
                RecordMetadata sent = sender.send(kafka, request, eventId);
                published.run();
                String rejectionId = JoinRejected.eventId(sent.topic(), sent.partition(), sent.offset());
                return Optional.ofNullable(new JoinFollower(terminal, clock, joinId(eventId), rejectionId)
                        .awaitEnd(reader, started, started.plus(timeout)));
            }
        });
        return last.orElse(null);
    }

    /** Adds the outcome to the facts about a request, if it was followed, and prints them. Returns the exit code. */
    int report(
            ClientOptions client,
            LifecycleEvent.NodeRequest request,
            Map<String, Object> facts,
            LifecycleEvent.@Nullable Outcome last) {
        if (wait) {
            facts.put("outcome", JoinFollower.outcome(last));
        }
        int exitCode = wait ? JoinFollower.exitCode(last) : ExitCodes.OK;
        if (last != null
                && exitCode != ExitCodes.STILL_RUNNING
                && client.output().isStructured()) {
            facts.put("detail", last);
        }
        String node = request.cluster() + "/" + request.nodeName();
        client.output().printFacts(terminal, node, facts);
        printNext(node, last, exitCode);
        return exitCode;
    }

    private void printNext(String node, LifecycleEvent.@Nullable Outcome last, int exitCode) {
        if (wait && last == null) {
            terminal.progress("nobody has accepted the request yet: check that the service runs (nodejoin serve) and is"
                    + " ready; once it is, it reads the request");
        }
        switch (exitCode) {
            case ExitCodes.FAILED -> terminal.progress("next: nodejoin describe " + node);
            case ExitCodes.STILL_RUNNING -> terminal.progress("next: nodejoin status " + node + " --watch");
            case ExitCodes.OK ->
                terminal.progress(
                        wait ? "next: nodejoin status " + node : "next: nodejoin status " + node + " --watch");
            default -> {}
        }
    }
}
