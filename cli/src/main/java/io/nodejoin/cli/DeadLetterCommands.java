package io.nodejoin.cli;

import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.client.kafka.KafkaSettings;
import io.nodejoin.client.kafka.ReplayedRecord;
import io.nodejoin.protocol.PlainText;
import io.nodejoin.visibility.event.DeadLetter;
import io.nodejoin.visibility.event.RefusedRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin dlt}: the requests that were refused, on the dead-letter topic. */
final class DeadLetterCommands {
    private static final String POSITION = "PARTITION/OFFSET";

    private DeadLetterCommands() {}

    @Command(
            name = "dlt",
            header = "Lists, shows and replays refused requests on the dead-letter topic.",
            synopsisSubcommandLabel = "COMMAND")
    static final class Group {}

    /** What the three have in common. */
    abstract static class DeadLetterCommand implements Callable<Integer> {
        final Terminal terminal;
        private final Map<String, String> environment;

        @Mixin
        ClientOptions client = new ClientOptions();

        DeadLetterCommand(Terminal terminal, Map<String, String> environment) {
            this.terminal = terminal;
            this.environment = environment;
        }

        KafkaConfig kafka() {
            return client.settings(environment).requireKafka();
        }

        /** Returns a refused record as programs read it. */
        static Map<String, Object> facts(RefusedRecord refused) {
            DeadLetter letter = refused.letter();
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("position", letter.position());
            facts.put("at", letter.at());
            facts.put("reason", PlainText.of(letter.reason()));
            facts.put("field", PlainText.of(Objects.requireNonNullElse(letter.field(), "")));
            facts.put("detail", PlainText.of(letter.detail()));
            facts.put("original", PlainText.of(letter.original()));
            facts.put("key", key(letter));
            facts.put("headers", headers(refused));
            facts.put("value", PlainText.of(refused.value()));
            return facts;
        }

        static String key(DeadLetter letter) {
            return PlainText.of(Objects.requireNonNullElse(letter.key(), ""));
        }

        static Map<String, String> headers(RefusedRecord refused) {
            Map<String, String> headers = new LinkedHashMap<>();
            refused.headers().forEach((name, value) -> headers.put(PlainText.of(name), PlainText.of(value)));
            return headers;
        }

        static List<RefusedRecord> read(KafkaConfig kafka, Instant from) throws InterruptedException {
            return new KafkaCalls(kafka).call(() -> {
                try (EventReader reader = EventReader.open(kafka, kafka.deadLetterTopic(), from)) {
                    return reader.readToEnd().stream().map(RefusedRecord::of).toList();
                }
            });
        }

        static RefusedRecord find(KafkaConfig kafka, String position) throws InterruptedException {
            return read(kafka, Instant.EPOCH).stream()
                    .filter(refused -> refused.letter().position().equals(position))
                    .findFirst()
                    .orElseThrow(() -> new CliException(
                            ExitCodes.NOT_FOUND,
                            "there is no dead letter " + position + " on " + kafka.deadLetterTopic()
                                    + "; nodejoin dlt list shows those that there are",
                            null));
        }
    }

    @Command(
            name = "list",
            header = {
                "Lists the refused requests, the oldest first.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} dlt list",
                "  ${ROOT-COMMAND-NAME} dlt list --since 24h -o json",
                ""
            })
    static final class ListLetters extends DeadLetterCommand {
        private final Clock clock;

        @Option(
                names = "--since",
                paramLabel = "DURATION",
                converter = DurationConverter.class,
                defaultValue = "168h",
                description = "those of this time (${DEFAULT-VALUE})")
        private Duration since = Duration.ofDays(7);

        ListLetters(Terminal terminal, Map<String, String> environment, Clock clock) {
            super(terminal, environment);
            this.clock = clock;
        }

        @Override
        public Integer call() throws InterruptedException {
            List<RefusedRecord> letters = read(kafka(), clock.instant().minus(since));
            client.output()
                    .print(
                            terminal,
                            letters.stream().map(DeadLetterCommand::facts).toList(),
                            letters.stream()
                                    .map(refused -> refused.letter().position())
                                    .toList(),
                            wide -> printTable(letters, wide));
            return ExitCodes.OK;
        }

        private void printTable(List<RefusedRecord> letters, boolean wide) {
            if (letters.isEmpty()) {
                terminal.progress("there are none");
                return;
            }
            Table table = new Table(4, "POSITION", "AGE", "REASON", "KEY", "DETAIL");
            letters.stream()
                    .map(RefusedRecord::letter)
                    .forEach(letter -> table.add(
                            letter.position(),
                            Elapsed.format(Duration.between(letter.at(), clock.instant())),
                            PlainText.of(letter.reason()),
                            key(letter),
                            PlainText.of(letter.detail())));
            table.lines(wide).forEach(terminal::data);
            terminal.progress(
                    "next: nodejoin dlt show " + letters.getLast().letter().position());
        }
    }

    @Command(
            name = "show",
            header = {
                "Shows a refused request: why, where it was, its headers and its value.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} dlt show 0/17",
                "  ${ROOT-COMMAND-NAME} dlt show 0/17 -o json | jq -r .value",
                ""
            })
    static final class Show extends DeadLetterCommand {
        @Parameters(paramLabel = POSITION, description = "as nodejoin dlt list prints it")
        private String position = "";

        Show(Terminal terminal, Map<String, String> environment) {
            super(terminal, environment);
        }

        @Override
        public Integer call() throws InterruptedException {
            RefusedRecord refused = find(kafka(), position);
            client.output().print(terminal, facts(refused), List.of(position), _ -> printText(refused));
            return ExitCodes.OK;
        }

        private void printText(RefusedRecord refused) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts(refused).forEach((name, value) -> {
                if (!name.equals("headers")) {
                    facts.put(name.equals("at") ? "refused at" : name, value);
                }
                if (name.equals("detail")) {
                    facts.put("to do", refused.letter().remedy().orElse("it was not put there by Nodejoin"));
                }
                if (name.equals("key")) {
                    headers(refused).forEach((header, text) -> facts.put("header " + header, text));
                }
            });
            facts.values().removeIf(value -> value.equals(""));
            Output.printLines(terminal, facts);
            terminal.progress("next: nodejoin dlt replay " + position);
        }
    }

    @Command(
            name = "replay",
            header = {
                "Publishes a refused request again, byte for byte.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} dlt replay 0/17",
                "  ${ROOT-COMMAND-NAME} dlt replay 0/17 --yes",
                ""
            },
            description = "Once its reason is gone, such as a cluster that was not configured. The record goes to the"
                    + " requests topic with its key, value and headers, without those of the dead letter. The dead letter"
                    + " stays where it is.")
    static final class Replay extends DeadLetterCommand {
        @Parameters(paramLabel = POSITION, description = "as nodejoin dlt list prints it")
        private String position = "";

        @Mixin
        private Confirmation confirmation = new Confirmation();

        Replay(Terminal terminal, Map<String, String> environment) {
            super(terminal, environment);
        }

        @Override
        public Integer call() throws InterruptedException {
            KafkaConfig kafka = kafka();
            RefusedRecord refused = find(kafka, position);
            DeadLetter letter = refused.letter();
            if (refused.isOmitted()) {
                throw new CliException(
                        ExitCodes.FAILED,
                        "the record was too large for the dead-letter topic; it is at " + letter.original(),
                        null);
            }
            String question = "Publish the request of %s, refused for %s, on %s again?"
                    .formatted(key(letter), PlainText.of(letter.reason()), kafka.requestsTopic());
            if (!confirmation.isGiven(terminal, question)) {
                return ExitCodes.FAILED;
            }
            RecordMetadata published = publish(kafka, refused);
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("position", letter.position());
            facts.put("key", key(letter));
            facts.put("published", "%s-%d@%d".formatted(published.topic(), published.partition(), published.offset()));
            client.output().printFacts(terminal, letter.position(), facts);
            terminal.progress("next: nodejoin events -f");
            return ExitCodes.OK;
        }

        private static RecordMetadata publish(KafkaConfig kafka, RefusedRecord refused) throws InterruptedException {
            return new KafkaCalls(kafka).call(() -> {
                try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                        new KafkaSettings(kafka).producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
                    return producer.send(ReplayedRecord.of(refused, kafka.requestsTopic()))
                            .get();
                }
            });
        }
    }
}
