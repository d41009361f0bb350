package io.nodejoin.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.cli.doctor.CheckResult;
import io.nodejoin.cli.doctor.Finding;
import io.nodejoin.cli.doctor.Finding.Advice;
import io.nodejoin.cli.doctor.Finding.Failed;
import io.nodejoin.cli.doctor.Finding.Passed;
import io.nodejoin.cli.doctor.Finding.Warned;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints findings for people and as JSON. */
final class FindingPrinter {
    private static final String INDENT = " ".repeat(28);

    private final Terminal terminal;

    FindingPrinter(Terminal terminal) {
        this.terminal = terminal;
    }

    /** One finding in JSON; why and remedy only if there is a problem. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Line(
            String check,
            String outcome,
            String what,
            @Nullable String why,
            @Nullable String remedy) {
        static Line of(CheckResult result) {
            Finding finding = result.finding();
            Advice advice = finding.advice();
            return new Line(
                    result.check(),
                    outcome(finding),
                    finding.summary(),
                    advice == null ? null : advice.why(),
                    advice == null ? null : advice.remedy());
        }

        private static String outcome(Finding finding) {
            return switch (finding) {
                case Passed _ -> "passed";
                case Warned _ -> "warned";
                case Failed _ -> "failed";
            };
        }
    }

    void print(List<CheckResult> examinations, Output output) {
        List<String> failed = examinations.stream()
                .filter(result -> result.finding() instanceof Failed)
                .map(CheckResult::check)
                .toList();
        output.print(
                terminal,
                examinations.stream().map(Line::of).toList(),
                failed,
                _ -> examinations.forEach(this::printFinding));
        terminal.progress("%d checks: %d failed, %d with a warning"
                .formatted(examinations.size(), count(examinations, Failed.class), count(examinations, Warned.class)));
    }

    private void printFinding(CheckResult result) {
        Finding finding = result.finding();
        String mark = switch (finding) {
            case Passed _ -> terminal.good("ok  ");
            case Warned _ -> "warn";
            case Failed _ -> terminal.bad("FAIL");
        };
        terminal.data("%s  %-20s  %s".formatted(mark, result.check(), finding.summary()));
        Advice advice = finding.advice();
        if (advice != null) {
            terminal.data(INDENT + "why: " + advice.why());
            terminal.data(INDENT + "fix: " + advice.remedy());
        }
    }

    private static long count(List<CheckResult> examinations, Class<? extends Finding> kind) {
        return examinations.stream()
                .filter(result -> kind.isInstance(result.finding()))
                .count();
    }
}
