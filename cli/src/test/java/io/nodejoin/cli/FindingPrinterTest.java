package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.cli.doctor.CheckResult;
import io.nodejoin.cli.doctor.Finding;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingPrinterTest {
    private static final List<CheckResult> EXAMINATIONS = List.of(
            new CheckResult("server version", new Finding.Passed("v1.37.2")),
            new CheckResult("prepared objects", Finding.warned("not as shipped: A", "drift", "prepare")),
            new CheckResult("approval", Finding.failed("B approves", "thieves", "kubectl delete B")));

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final FindingPrinter printer = new FindingPrinter(new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false));

    @Test
    void shouldSayWhatWhyAndHowToMendIt() {
        // when
        printer.print(EXAMINATIONS, new Output(OutputFormat.text));

        // then
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "ok    server version        v1.37.2",
                        "warn  prepared objects      not as shipped: A",
                        "                            why: drift",
                        "                            fix: prepare",
                        "FAIL  approval              B approves",
                        "                            why: thieves",
                        "                            fix: kubectl delete B");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("3 checks: 1 failed, 1 with a warning\n");
    }

    @Test
    void shouldGiveProgramsTheSame() {
        // when
        printer.print(EXAMINATIONS.subList(0, 2), new Output(OutputFormat.json));

        // then
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                        [{"check":"server version","outcome":"passed","what":"v1.37.2"},\
                        {"check":"prepared objects","outcome":"warned","what":"not as shipped: A","why":"drift",\
                        "remedy":"prepare"}]
                        """);
    }
}
