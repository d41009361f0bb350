package io.nodejoin.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.cli.doctor.Examination;
import io.nodejoin.cli.doctor.Finding;
import io.nodejoin.cli.doctor.Finding.Advice;
import io.nodejoin.cli.doctor.Finding.Failed;
import io.nodejoin.cli.doctor.Finding.Passed;
import io.nodejoin.cli.doctor.Finding.Warned;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Findings as people and programs read them. */
final class FindingPrinter {
    private static final String INDENT = " ".repeat(28);

    private final Terminal terminal;

    FindingPrinter(Terminal terminal) {
        this.terminal = terminal;
    }

    /** One finding in JSON; why and remedy only where something is to be done. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Line(
            String check,
            String outcome,
            String what,
            @Nullable String why,
            @Nullable String remedy) {
        static Line of(Examination one) {
            return switch (one.finding()) {
                case Passed passed -> new Line(one.check(), "passed", passed.what(), null, null);
                case Warned warned ->
                    new Line(
                            one.check(),
                            "warned",
                            warned.what(),
                            warned.advice().why(),
                            warned.advice().remedy());
                case Failed failed ->
                    new Line(
                            one.check(),
                            "failed",
                            failed.what(),
                            failed.advice().why(),
                            failed.advice().remedy());
            };
        }
    }

    void print(List<Examination> examinations, OutputFormat format) {
        switch (format) {
            case json -> terminal.json(examinations.stream().map(Line::of).toList());
            case text -> examinations.forEach(this::say);
        }
        terminal.progress("%d checks: %d failed, %d with a warning"
                .formatted(examinations.size(), count(examinations, Failed.class), count(examinations, Warned.class)));
    }

    private void say(Examination one) {
        switch (one.finding()) {
            case Passed passed -> line(terminal.good("ok  "), one.check(), passed.what());
            case Warned warned -> {
                line("warn", one.check(), warned.what());
                advise(warned.advice());
            }
            case Failed failed -> {
                line(terminal.bad("FAIL"), one.check(), failed.what());
                advise(failed.advice());
            }
        }
    }

    private void line(String mark, String check, String what) {
        terminal.data("%s  %-20s  %s".formatted(mark, check, what));
    }

    private void advise(Advice advice) {
        terminal.data(INDENT + "why: " + advice.why());
        terminal.data(INDENT + "fix: " + advice.remedy());
    }

    private static long count(List<Examination> examinations, Class<? extends Finding> kind) {
        return examinations.stream()
                .filter(one -> kind.isInstance(one.finding()))
                .count();
    }
}
