package io.nodejoin.agent.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.agent.Finding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Formats a plan, for people and for programs. */
public record PlanReport(HostPlan plan) {

    /** Returns each step with the content that it writes, and what the host lacks. */
    public String text() {
        StringBuilder text = new StringBuilder("plan " + plan.digest() + "\n");
        int number = 1;
        for (HostStep step : plan.steps()) {
            text.append("%2d. %s%n".formatted(number++, step.name()));
            if (step instanceof HostStep.WriteFile file && !file.secret()) {
                file.content()
                        .lines()
                        .forEach(line -> text.append("      ").append(line).append('\n'));
            }
        }
        plan.findings().forEach(finding -> text.append("note: " + finding.detail() + "\n"));
        return text.append(plan.steps().isEmpty() ? "nothing is left to do\n" : "")
                .toString();
    }

    /** Returns one object with {@code digest}, {@code steps} and {@code findings}, pretty-printed. */
    public String json() {
        List<Step> steps = plan.steps().stream().map(PlanReport::step).toList();
        return JsonMappers.prettyPrint(new Json(plan.digest(), steps, plan.findings()));
    }

    private static Step step(HostStep step) {
        return step instanceof HostStep.WriteFile(String _, String content, int mode, boolean secret) && !secret
                ? new Step(step.name(), "%04o".formatted(mode), content)
                : new Step(step.name(), null, null);
    }

    @JsonPropertyOrder({"digest", "steps", "findings"})
    private record Json(String digest, List<Step> steps, List<Finding> findings) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"name", "mode", "content"})
    private record Step(
            String name, @Nullable String mode, @Nullable String content) {}
}
