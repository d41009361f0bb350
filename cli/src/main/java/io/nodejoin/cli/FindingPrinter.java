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
            return switch (result.finding()) {
                case Passed passed -> new Line(result.check(), "passed", passed.summary(), null, null);
                case Warned warned ->
                    new Line(
                            result.check(),
                            "warned",
                            warned.summary(),
                            warned.advice().why(),
                            warned.advice().remedy());
                case Failed failed ->
                    new Line(
                            result.check(),
                            "failed",
                            failed.summary(),
                            failed.advice().why(),
                            failed.advice().remedy());
            };
        }
    }

    void print(List<CheckResult> examinations, OutputFormat format) {
        switch (format) {
            case json -> terminal.json(examinations.stream().map(Line::of).toList());
            case text -> examinations.forEach(this::printFinding);
        }
        terminal.progress("%d checks: %d failed, %d with a warning"
                .formatted(examinations.size(), count(examinations, Failed.class), count(examinations, Warned.class)));
    }

    private void printFinding(CheckResult result) {
        switch (result.finding()) {
            case Passed passed -> printLine(terminal.good("ok  "), result.check(), passed.summary());
            case Warned warned -> {
                printLine("warn", result.check(), warned.summary());
                printAdvice(warned.advice());
            }
            case Failed failed -> {
                printLine(terminal.bad("FAIL"), result.check(), failed.summary());
                printAdvice(failed.advice());
            }
        }
    }

    private void printLine(String mark, String check, String what) {
        terminal.data("%s  %-20s  %s".formatted(mark, check, what));
    }

    private void printAdvice(Advice advice) {
        terminal.data(INDENT + "why: " + advice.why());
        terminal.data(INDENT + "fix: " + advice.remedy());
    }

    private static long count(List<CheckResult> examinations, Class<? extends Finding> kind) {
        return examinations.stream()
                .filter(result -> kind.isInstance(result.finding()))
                .count();
    }
}
