package io.nodejoin.cli;

import io.cloudevents.core.format.EventFormat;
import io.cloudevents.core.provider.EventFormatProvider;
import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.protocol.ClusterName;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin events}. */
@Command(
        name = "events",
        header = {
            "Prints the events of joins and leaves, one line each.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} events -f",
            "  ${ROOT-COMMAND-NAME} events fra-1/worker-7 --since 2h",
            "  ${ROOT-COMMAND-NAME} events -f --cluster fra-1 -o json | jq .type",
            ""
        },
        description = "Reads the events topic without a consumer group. With -o json each line is a CloudEvent.")
final class EventsCommand implements Callable<Integer> {
    private static final String STRUCTURED = "application/cloudevents+json";

    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Clock clock;

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Parameters(
            paramLabel = ClientOptions.NODE,
            arity = "0..1",
            description = "only the events of this node, in its cluster if that is named")
    private String node = "";

    @Option(
            names = {"-f", "--follow"},
            description = "go on with those that come, until Ctrl-C")
    private boolean follow;

    @Option(
            names = "--since",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            defaultValue = "15m",
            description = "begin with those of this time, such as 1h (${DEFAULT-VALUE})")
    private Duration since = Duration.ofMinutes(15);

    EventsCommand(Terminal terminal, Map<String, String> environment, Clock clock) {
        this.terminal = terminal;
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException {
        KafkaConfig kafka = client.settings(environment).requireKafka();
        EventFilter filter = filter();
        return new KafkaCalls(kafka).call(() -> {
            try (EventReader reader =
                    EventReader.open(kafka, kafka.eventsTopic(), clock.instant().minus(since))) {
                print(filter, reader.readToEnd());
                while (follow && !Thread.currentThread().isInterrupted()) {
                    print(filter, reader.poll());
                }
                return ExitCodes.OK;
            }
        });
    }

    /** Which events are wanted; empty for those of any. */
    private record EventFilter(Optional<String> cluster, String node) {
        boolean accepts(EventLine line) {
            return cluster.filter(name -> !name.equals(line.cluster())).isEmpty()
                    && (node.isEmpty() || node.equals(line.node()));
        }
    }

    private EventFilter filter() {
        int slash = node.indexOf('/');
        Optional<String> named = client.namedCluster(environment).map(ClusterName::value);
        return slash < 0
                ? new EventFilter(named, node)
                : new EventFilter(Optional.of(node.substring(0, slash)), node.substring(slash + 1));
    }

    private void print(EventFilter filter, List<ConsumerRecord<byte[], byte[]>> found) {
        found.stream()
                .flatMap(next -> ReceivedEvent.parse(next).stream())
                .filter(event -> filter.accepts(EventLine.of(event.data())))
                .forEach(this::print);
    }

    private void print(ReceivedEvent event) {
        EventLine line = EventLine.of(event.data());
        switch (client.output().format()) {
            case text ->
                terminal.data("%s  %s  %s  %s"
                        .formatted(time(event), line.reference(), word(line), line.detail())
                        .stripTrailing());
            case wide ->
                terminal.data("%s  %s  %s  %s  %s"
                        .formatted(
                                event.at(),
                                Objects.toString(event.data().joinId(), "-"),
                                line.reference(),
                                word(line),
                                line.detail())
                        .stripTrailing());
            case json -> terminal.data(structured(event));
            case yaml -> {
                terminal.data("---");
                terminal.yamlOfJson(structured(event));
            }
            case name -> terminal.data(line.reference());
        }
    }

    private static String time(ReceivedEvent event) {
        return event.at().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private String word(EventLine line) {
        return switch (line.tone()) {
            case GOOD -> terminal.good(line.word());
            case BAD -> terminal.bad(line.word());
            case PLAIN -> line.word();
        };
    }

    private static String structured(ReceivedEvent event) {
        EventFormat format =
                Objects.requireNonNull(EventFormatProvider.getInstance().resolveFormat(STRUCTURED));
        return new String(format.serialize(event.cloudEvent()), StandardCharsets.UTF_8);
    }
}
