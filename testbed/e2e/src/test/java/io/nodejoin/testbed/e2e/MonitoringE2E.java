package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The metrics of a service that joins nodes, and what is asked of them: alerts, dashboard, reference. */
@Tag("real")
@Tag("operations")
@OnSharedBed
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MonitoringE2E {
    /** Beside the other tests; alone it takes seconds. */
    private static final Duration PROMTOOL_TIMEOUT = Duration.ofMinutes(3);

    private static final Path REPOSITORY = Path.of("..", "..");
    private static final Path MONITORING = REPOSITORY.resolve("deploy").resolve("monitoring");
    private static final Path ALERTS = MONITORING.resolve("alerts.yaml");
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** Prometheus adds the first two to what it scrapes. */
    private static final Set<String> OF_EVERY_METRIC = Set.of("instance", "job", "le");

    private final SharedBed bed;
    private final HostFixture joined;
    private final HostFixture broken;

    MonitoringE2E(SharedBed bed) {
        this.bed = bed;
        this.joined = bed.newHost("monitored-joined");
        this.broken = bed.newHost("monitored-broken");
    }

    @BeforeAll
    void joinOneAndFailToJoinAnother() {
        bed.boot(joined, Fault.NONE);
        bed.boot(broken, Fault.KUBELET_CANNOT_START);
        bed.request(joined);
        bed.request(broken);
        bed.outcomes().awaitOutcome(joined.node(), JoinSucceeded.class);
        bed.outcomes().awaitOutcome(broken.node(), JoinFailed.class);
    }

    @Test
    void shouldFireEachAlertWhereItShouldAndNowhereElse() {
        // when
        CommandResult checked = promtool("check", "rules", ALERTS.toString());
        CommandResult tested = promtool(
                "test",
                "rules",
                Path.of("src/test/resources/monitoring/alerts-test.yaml").toString());

        // then
        assertThat(checked.exitCode()).as(checked.toString()).isZero();
        assertThat(tested.exitCode()).as(tested.toString()).isZero();
    }

    @Test
    void shouldTellOfJoinsInAFewSeriesOfTheCatalogue() throws Exception {
        // when
        PrometheusScrape scrape = await("metrics that are measured from time to time")
                .atMost(Duration.ofSeconds(60))
                .until(() -> new PrometheusScrape(scrape("text/plain")), MonitoringE2E::hasPeriodicGauges);

        // then
        assertThat(scrape.text()).hasSizeLessThan(200_000).doesNotContain("monitored-");
        assertThat(scrape.series()).isLessThan(800);
        assertThat(scrape.withoutHelp()).isEmpty();
        assertThat(scrape.value("nodejoin_joins_total{cluster=\"testbed\",outcome=\"succeeded\""))
                .isPositive();
        Map<String, Set<String>> catalogue = catalogue();
        assertThat(scrape.labels())
                .allSatisfy((name, labels) -> assertThat(catalogue)
                        .as("docs/reference/metrics.md lists %s", name)
                        .containsKey(name));
        assertQueriesFind(scrape.labels(), catalogue);
    }

    @Test
    void shouldNameTheJoinInExemplars() throws Exception {
        // when
        String scrape = scrape("application/openmetrics-text; version=1.0.0");

        // then
        assertThat(scrape).containsPattern("nodejoin_join_duration_seconds_bucket.* # \\{.*trace_id=\"[0-9a-f]{32}\"");
        assertThat(scrape).endsWith("# EOF\n");
    }

    @Test
    void shouldTellAJoinOnItsNodeForKubectlDescribe() {
        // when
        JoinSucceeded end = bed.outcomes().awaitOutcome(joined.node(), JoinSucceeded.class);
        String described = await("all Events of the join")
                .atMost(Duration.ofSeconds(30))
                .until(() -> describe(joined), text -> text.contains("NodeJoined"));

        // then
        assertThat(described)
                .containsPattern("Normal +JoinStarted .* nodejoin.io/nodejoin +join " + end.joinId())
                .containsPattern("Normal +CertificateApproved ")
                .containsPattern("Normal +NodeJoined ");
    }

    @Test
    void shouldCountTheAttemptsOfAFailedJoinInOneEvent() {
        // when
        String events = await("all Events of the join")
                .atMost(Duration.ofSeconds(30))
                .until(() -> events(broken), text -> text.contains("JoinFailed"));

        // then
        assertThat(events.lines())
                .filteredOn(line -> line.startsWith("AttemptFailed"))
                .singleElement()
                .asString()
                .matches("AttemptFailed 3 KUBELET_NOT_STARTED: .*; remedy: .*");
    }

    /** One line for each: reason, count if there is more than one, note. */
    private String events(HostFixture fixture) {
        return bed.testBed()
                .controlPlane()
                .kubectl(
                        "get",
                        "events.events.k8s.io",
                        "--namespace=default",
                        "--field-selector=regarding.name=" + fixture.node().value(),
                        "--output=jsonpath={range .items[*]}{.reason} {.series.count} {.note}{\"\\n\"}{end}")
                .run()
                .orFail()
                .output();
    }

    private String describe(HostFixture fixture) {
        return bed.testBed()
                .controlPlane()
                .kubectl("describe", "node", fixture.node().value())
                .run()
                .output();
    }

    @Test
    void shouldPublishOnlyWhatTheSchemasAllow() {
        // when
        List<String> violations =
                PublishedEvents.violations(bed.testBed().kafka().bootstrapServers());

        // then
        assertThat(violations).isEmpty();
    }

    private static boolean hasPeriodicGauges(PrometheusScrape scrape) {
        return scrape.labels().containsKey("temporal_num_pollers")
                && !Double.isNaN(scrape.value("nodejoin_joins_in_progress{"));
    }

    /** A metric of something that has not happened is in the catalogue only. */
    private void assertQueriesFind(Map<String, Set<String>> scraped, Map<String, Set<String>> catalogue)
            throws IOException {
        for (String query : queries()) {
            for (JsonNode selection : selections(query)) {
                String metric = selection.path("metric").asText();
                Set<String> known = new HashSet<>(OF_EVERY_METRIC);
                known.addAll(catalogue.getOrDefault(metric, Set.of()));
                Set<String> asked = new TreeSet<>();
                selection.path("labels").forEach(label -> asked.add(label.asText()));
                assertThat(catalogue).as(query).containsKey(metric);
                assertThat(known).as("%s of %s", metric, query).containsAll(asked);
                known.removeAll(OF_EVERY_METRIC);
                if (scraped.containsKey(metric)) {
                    assertThat(scraped.get(metric)).as(metric).containsAll(known);
                }
            }
        }
    }

    private static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        new YAMLMapper().readTree(ALERTS.toFile()).findValues("expr").forEach(query -> queries.add(query.asText()));
        JSON.readTree(MONITORING.resolve("grafana-dashboard.json").toFile())
                .findValues("expr")
                .forEach(query -> queries.add(
                        query.asText().replace("$__rate_interval", "5m").replace("$cluster", ".*")));
        return queries;
    }

    private JsonNode selections(String query) throws JsonProcessingException {
        CommandResult parsed = Command.of(
                        bed.testBed().promtool().resolve("queries").toString())
                .withInput(JSON.writeValueAsString(List.of(query)))
                .run()
                .orFail();
        return JSON.readTree(parsed.output()).path(0);
    }

    /** The labels of each sample by the reference page, which a test of the service holds against the code. */
    private static Map<String, Set<String>> catalogue() throws IOException {
        Pattern row = Pattern.compile("^\\| `([a-z_]+)` \\| (\\w+) \\| ([^|]*) \\|");
        Map<String, Set<String>> catalogue = new TreeMap<>();
        for (String line : Files.readAllLines(REPOSITORY.resolve("docs/reference/metrics.md"))) {
            row.matcher(line).results().forEach(metric -> {
                Set<String> labels = new TreeSet<>();
                Pattern.compile("`(\\w+)`")
                        .matcher(metric.group(3))
                        .results()
                        .forEach(label -> labels.add(label.group(1)));
                samples(metric.group(1), metric.group(2)).forEach(sample -> catalogue.put(sample, labels));
            });
        }
        return catalogue;
    }

    private static Stream<String> samples(String metric, String type) {
        return switch (type) {
            case "histogram" -> Stream.of("_bucket", "_count", "_sum", "_max").map(suffix -> metric + suffix);
            case "summary" -> Stream.of("_count", "_sum", "_max").map(suffix -> metric + suffix);
            default -> Stream.of(metric);
        };
    }

    private CommandResult promtool(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(bed.testBed().promtool().resolve("promtool").toString());
        command.addAll(List.of(arguments));
        return Command.of(command).withTimeout(PROMTOOL_TIMEOUT).run();
    }

    private String scrape(String accepted) throws IOException, InterruptedException {
        URI metrics = bed.testBed().service().admin().resolve("/metrics");
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(metrics)
                                    .header("Accept", accepted)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
