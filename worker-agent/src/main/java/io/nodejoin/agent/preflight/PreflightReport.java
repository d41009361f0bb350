package io.nodejoin.agent.preflight;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.agent.Finding.Severity;
import java.util.List;
import java.util.Locale;

/** The results of all checks, for people and for programs. */
public record PreflightReport(List<CheckReport> checks) {
    public PreflightReport {
        checks = List.copyOf(checks);
    }

    /** Returns whether a join would continue. */
    public boolean passed() {
        return checks.stream().noneMatch(CheckReport::blocksJoin);
    }

    /** Returns a table with a line per check, the remedies below, and a last line with counts. */
    public String table() {
        int width = checks.stream()
                .mapToInt(checkReport -> checkReport.check().name().length())
                .max()
                .orElse(0);
        StringBuilder table = new StringBuilder();
        for (Line line : lines()) {
            table.append("%%-%ds  %%-7s  %%s"
                            .formatted(width)
                            .formatted(line.name(), line.result(), line.detail())
                            .stripTrailing())
                    .append('\n');
            if (!line.remedy().isEmpty()) {
                table.append(" ".repeat(width + 11))
                        .append("repair: ")
                        .append(line.remedy())
                        .append('\n');
            }
        }
        return table.append("%d checks: %d passed, %d errors, %d warnings, %d ignored, %d skipped%n"
                        .formatted(
                                checks.size(),
                                count("passed"),
                                count("error"),
                                count("warning"),
                                count("ignored"),
                                count("skipped")))
                .toString();
    }

    /** Returns one object with {@code passed} and {@code checks}, pretty-printed. */
    public String json() {
        return JsonMappers.prettyPrint(new Json(passed(), lines()));
    }

    private long count(String result) {
        return lines().stream().filter(line -> line.result().equals(result)).count();
    }

    private List<Line> lines() {
        return checks.stream().map(PreflightReport::line).toList();
    }

    private static Line line(CheckReport checkReport) {
        HostCheck check = checkReport.check();
        String severity = label(check.severity());
        return switch (checkReport.result()) {
            case CheckResult.Passed _ -> new Line(check.name(), severity, "passed", "", "");
            case CheckResult.Skipped(String reason) -> new Line(check.name(), severity, "skipped", reason, "");
            case CheckResult.Failed failed ->
                new Line(
                        check.name(),
                        severity,
                        checkReport.ignored() ? "ignored" : severity,
                        failed.detail(),
                        check.remedy());
        };
    }

    private static String label(Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }

    @JsonPropertyOrder({"passed", "checks"})
    private record Json(boolean passed, List<Line> checks) {}

    /**
     * One check.
     *
     * @param result {@code passed}, {@code skipped}, {@code ignored}, or the severity of a failure
     */
    @JsonPropertyOrder({"name", "severity", "result", "detail", "remedy"})
    private record Line(String name, String severity, String result, String detail, String remedy) {}
}
