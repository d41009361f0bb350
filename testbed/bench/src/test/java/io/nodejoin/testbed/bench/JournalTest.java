package io.nodejoin.testbed.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.bench.Journal.Line;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalTest {

    @Test
    void shouldReadMessagesToTheMicrosecond() {
        // given
        String output = """
                {"__CURSOR":"s=1","__REALTIME_TIMESTAMP":"1796049641000001","MESSAGE":"INFO self-test: done"}
                {"MESSAGE":"INFO \\"x\\"","__REALTIME_TIMESTAMP":"1796049642500000"}
                """;

        // when
        List<Line> lines = Journal.parse(output);

        // then
        assertThat(lines)
                .containsExactly(
                        new Line(Instant.parse("2026-11-30T14:40:41.000001Z"), "INFO self-test: done"),
                        new Line(Instant.parse("2026-11-30T14:40:42.500Z"), "INFO \"x\""));
    }

    @Test
    void shouldTakeStepsOfTheKubeletAtTheTimeInItsOwnLines() {
        // given
        Instant received = Instant.parse("2026-11-30T14:41:00.100Z");
        List<Line> journal = List.of(
                new Line(received, "Started kubelet.service - Kubernetes Kubelet."),
                new Line(
                        received,
                        "I1130 15:40:59.905066     281 server.go:545] \"Kubelet version\" kubeletVersion=\"v1.37.2\""),
                new Line(received, "I1130 15:41:00.000001     281 server.go:1336] \"Started kubelet\""),
                new Line(received, "E1130 15:41:00.000002     281 kubelet.go:3596] \"Unable to register mirror pod\""),
                new Line(received, "\tStarted kubelet: true"));

        // when
        List<Line> steps = KubeletLog.steps(journal);

        // then
        assertThat(steps)
                .containsExactly(
                        journal.getFirst(),
                        new Line(
                                Instant.parse("2026-11-30T14:40:59.905066Z"),
                                "\"Kubelet version\" kubeletVersion=\"v1.37.2\""),
                        new Line(Instant.parse("2026-11-30T14:41:00.000001Z"), "\"Started kubelet\""));
    }
}
