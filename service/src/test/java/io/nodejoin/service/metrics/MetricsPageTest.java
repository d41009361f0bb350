package io.nodejoin.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page docs/reference/metrics.md. */
class MetricsPageTest {
    /** Their names look like those of meters. */
    private static final Set<String> MEMBERS_OF_KEYS = Set.of("nodejoin_kinds", "nodejoin_pools");

    private static final Path REPOSITORY = Path.of("..");
    private static final Path PAGE = REPOSITORY.resolve("docs/reference/metrics.md");
    private static final Path MONITORING = REPOSITORY.resolve("deploy/monitoring");

    @Test
    void shouldKeepThePageUpToDate() throws IOException {
        // given
        String rows =
                Arrays.stream(ScrapedMeter.values()).map(MetricsPageTest::row).collect(Collectors.joining());

        // when
        String page = "# Metrics\n\nMade from the code by `.ci/docs`.\n\n" + """
                Each replica serves them at `/metrics` of `http.listen`: as text, or as OpenMetrics with exemplars to who accepts
                `application/openmetrics-text`. The `trace_id` of an exemplar is the join's id. No label holds a node's name. Times are
                in seconds; a histogram or summary has `_count`, `_sum` and `_max`, a histogram `_bucket` too.

                Of several replicas, *add* the values, or take the *max*imum where each replica reports the whole cluster's; the others are of
                one replica alone.
                [Alerts](../operations/alerts.md) and a [Grafana dashboard](../../deploy/README.md) use them.

                | metric | type | labels | replicas | meaning |
                |---|---|---|---|---|
                """ + rows;

        // then
        assertUpToDate(PAGE, page);
    }

    @Test
    void shouldHaveARunbookForEachAlert() throws IOException {
        // given
        String alerts = Files.readString(MONITORING.resolve("alerts.yaml"));
        String page = Files.readString(REPOSITORY.resolve("docs/operations/alerts.md"));

        // when
        List<String> names = matches("- alert: (\\w+)", alerts);

        // then
        assertThat(names).isNotEmpty().allSatisfy(name -> {
            assertThat(page).contains("\n## " + name + "\n");
            assertThat(alerts).contains("runbook_url: docs/operations/alerts.md#" + name.toLowerCase(Locale.ROOT));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"activities", "gateway", "service"})
    void shouldListEveryMeterThatIsRegistered(String module) throws IOException {
        // given
        Set<String> named = new TreeSet<>();
        try (Stream<Path> files = Files.walk(REPOSITORY.resolve(module).resolve("src/main/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                named.addAll(matches("\"(nodejoin_[a-z_]{3,})\"", Files.readString(file)));
            }
        }

        named.removeAll(MEMBERS_OF_KEYS);

        // when
        List<String> unlisted =
                named.stream().filter(name -> ScrapedMeter.find(name).isEmpty()).toList();

        // then
        assertThat(unlisted).isEmpty();
    }

    private static List<String> matches(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    private static String row(ScrapedMeter meter) {
        String labels = meter.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
        return "| `%s` | %s | %s | %s | %s |\n"
                .formatted(meter.exposedName(), type(meter), labels, replicas(meter.kind()), meter.help());
    }

    private static String replicas(ScrapedMeter.Kind kind) {
        return switch (kind) {
            case COUNTER, GAUGE, TIMER -> "add";
            case REPLICATED -> "max";
            case EACH -> "";
        };
    }

    private static String type(ScrapedMeter meter) {
        return switch (meter.kind()) {
            case TIMER -> meter.bucketNanos().length == 0 ? "summary" : "histogram";
            case COUNTER -> "counter";
            case GAUGE, REPLICATED, EACH -> "gauge";
        };
    }

    private static void assertUpToDate(Path file, String content) throws IOException {
        if (Boolean.getBoolean("nodejoin.docs.write")) {
            Files.writeString(file, content);
        }
        assertThat(file).as("make it anew: .ci/docs").hasContent(content);
    }
}
