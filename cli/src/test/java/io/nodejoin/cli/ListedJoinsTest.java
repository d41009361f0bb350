package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListedJoinsTest {
    private static final Instant STARTED = Instant.parse("2026-11-25T10:15:30.123456Z");
    private static final String TYPES =
            "WorkflowType IN ('NodeJoinWorkflow', 'MachineBindingWorkflow', 'NodeLeaveWorkflow')";
    private static final String NOT_HANDED_OVER = " AND (WorkflowType != 'MachineBindingWorkflow'"
            + " OR ExecutionStatus != 'ContinuedAsNew' OR NodeJoinPhase != 'Requested')";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Clock clock = Clock.fixed(STARTED.plus(Duration.ofSeconds(192)), ZoneOffset.UTC);
    private final FakeTemporal temporal = new FakeTemporal();

    @AfterEach
    void stop() {
        temporal.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            --limit 9              | ""
            --cluster ber-2        | " AND NodeJoinCluster = 'ber-2'"
            --pool batch           | " AND NodeJoinPool = 'batch'"
            --phase failed         | " AND NodeJoinPhase IN ('Failed')"
            --code CSR_TIMEOUT     | " AND NodeJoinReason = 'CSR_TIMEOUT'"
            --since 1h             | " AND StartTime >= '2026-11-25T09:18:42.123456Z'"
            --open                 | " AND ExecutionStatus = 'Running'"
            --open --cluster ber-2 | " AND NodeJoinCluster = 'ber-2' AND ExecutionStatus = 'Running'"
            """)
    void shouldAskTemporalForWhatIsWanted(String options, String conditions) {
        // when
        list(Map.of(), options.split(" "));

        // then
        assertThat(temporal.queries())
                .containsExactly(TYPES + conditions + (options.contains("--open") ? "" : NOT_HANDED_OVER));
    }

    @Test
    void shouldListTheJoinsOfTheClusterOfTheEnvironment() {
        // when
        list(Map.of("NODEJOIN_CLUSTER", "fra-1"));

        // then
        assertThat(temporal.queries()).containsExactly(TYPES + " AND NodeJoinCluster = 'fra-1'" + NOT_HANDED_OVER);
    }

    @Test
    void shouldListWhatRunsFirstInAtMostAHundredColumns() {
        // given
        temporal.addRun("NodeJoinWorkflow", "w1", "Joined", "", STARTED);
        temporal.addRun("NodeLeaveWorkflow", "w2", "Left", "", STARTED.minusSeconds(4000));
        temporal.addRun(
                "NodeJoinWorkflow",
                "longlong.".repeat(11) + "long",
                "Failed",
                "CLUSTER_INFO_SIGNATURE_INVALID",
                STARTED);
        temporal.addRun("NodeJoinWorkflow", "w3", "Requested", "", STARTED.minusSeconds(9));

        // when
        list(Map.of());

        // then
        assertThat(text().lines()).allMatch(line -> line.length() <= 100).hasSize(5);
        assertThat(text().lines().skip(1).map(line -> line.split(" +")))
                .first()
                .isEqualTo(new String[] {"fra-1", "w3", "join", "Requested", "3m21s"});
        assertThat(text())
                .containsPattern("fra-1 +w2 +leave +Left +1h9m")
                .containsPattern("fra-1 +long[long.]+… +join +Failed +CLUSTER_INFO_SIGNATURE_INVALID +3m12s");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            wide | '  2026-11-25T10:15:30Z  2026-11-25T10:15:50Z  '
            json | '"started":"2026-11-25T10:15:30Z"'
            yaml | 'node: w1'
            name | 'fra-1/w1'
            """)
    void shouldPrintInTheWantedFormat(String format, String expected) {
        // given
        temporal.addRun("NodeJoinWorkflow", "w1", "Joined", "", STARTED);

        // when
        list(Map.of(), "--output", format);

        // then
        assertThat(text()).contains(expected);
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private void list(Map<String, String> environment, String... options) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("TEMPORAL_ADDRESS", temporal.address());
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        int exit = Main.commandLine(terminal, all, clock)
                .execute(
                        Stream.concat(Stream.of("list"), Arrays.stream(options)).toArray(String[]::new));
        assertThat(exit).as(err.toString(StandardCharsets.UTF_8)).isEqualTo(ExitCodes.OK);
    }
}
