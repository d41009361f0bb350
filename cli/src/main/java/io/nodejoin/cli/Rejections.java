package io.nodejoin.cli;

import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.protocol.event.JoinRejected;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The requests that no workflow was started for: only their events tell of them. */
final class Rejections {
    private Rejections() {}

    /** Returns those since this instant; none, with a line of progress, if Kafka does not respond. */
    static List<ListedRequest> read(KafkaConfig kafka, Instant from, Terminal terminal) {
        try {
            return new KafkaCalls(kafka).call(() -> {
                try (EventReader reader = EventReader.open(kafka, kafka.eventsTopic(), from)) {
                    return reader.readToEnd().stream()
                            .flatMap(found -> ReceivedEvent.parse(found).stream())
                            .flatMap(event -> rejected(event).stream())
                            .toList();
                }
            });
        } catch (CliException e) {
            terminal.progress("rejected requests are not listed: " + e.getMessage());
            return List.of();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private static Optional<ListedRequest> rejected(ReceivedEvent event) {
        return event.data() instanceof JoinRejected rejected
                ? Optional.of(ListedRequest.of(rejected, event.at()))
                : Optional.empty();
    }
}
