package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.nodejoin.testbed.bench.StormOutcomes.FailedJoin;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Some storms of as many hosts. Each figure is the median of all runs by itself, but what must not happen is counted in all together.
 *
 * @param temporal what the joins' Temporal is
 * @param disk what its data is on
 */
record StormResult(String temporal, String disk, List<StormRun> runs) implements BenchBed.Report {

    StormResult {
        runs = List.copyOf(runs);
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a result needs a run");
        }
    }

    @JsonProperty
    int hosts() {
        return runs.getFirst().hosts();
    }

    @JsonProperty
    int failedJoins() {
        return runs.stream().mapToInt(run -> run.failed().size()).sum();
    }

    @JsonProperty
    int wastedAttempts() {
        return runs.stream().mapToInt(StormRun::wastedAttempts).sum();
    }

    @JsonProperty
    int activityRetries() {
        return runs.stream().mapToInt(run -> run.history().activityRetries()).sum();
    }

    @JsonProperty
    double firstSeconds() {
        return median(StormRun::firstSeconds);
    }

    @JsonProperty
    double medianSeconds() {
        return median(StormRun::medianSeconds);
    }

    @JsonProperty
    double lastSeconds() {
        return median(StormRun::lastSeconds);
    }

    @JsonProperty
    double perSecond() {
        return median(StormRun::perSecond);
    }

    @JsonProperty
    double straightLinePerSecond() {
        return median(StormRun::straightLinePerSecond);
    }

    @JsonProperty
    double ratio() {
        return median(StormRun::ratio);
    }

    @JsonProperty
    StormCpu cpuSeconds() {
        return cpu(run -> run.cost().cpuSeconds());
    }

    @JsonProperty
    StormCpu straightLineCpuSeconds() {
        return cpu(run -> run.straightLineCost().cpuSeconds());
    }

    @JsonProperty
    StormCpu idleCpuPerSecond() {
        return cpu(StormRun::idleCpuPerSecond);
    }

    @JsonProperty
    double apiCalls() {
        return median(run -> run.cost().apiCalls());
    }

    @JsonProperty
    double kubeletCalls() {
        return median(run -> run.cost().kubeletCalls());
    }

    @JsonProperty
    double straightLineApiCalls() {
        return median(run -> run.straightLineCost().apiCalls());
    }

    private double median(ToDoubleFunction<StormRun> figure) {
        return Samples.medianOf(runs, figure);
    }

    private StormCpu cpu(Function<StormRun, StormCpu> figure) {
        return StormCpu.medians(runs.stream().map(figure).toList());
    }

    @Override
    public List<String> violations() {
        List<String> violations = new ArrayList<>();
        if (failedJoins() > 0) {
            violations.add(failedJoins() + " joins failed");
        }
        if (wastedAttempts() > 0) {
            violations.add(wastedAttempts() + " attempts were wasted");
        }
        return violations;
    }

    @Override
    public String text() {
        StringBuilder text = new StringBuilder();
        for (StormRun run : runs) {
            for (FailedJoin failed : run.failed()) {
                text.append(failed.key())
                        .append(" failed: ")
                        .append(failed.problem())
                        .append('\n');
            }
        }
        return text.append(times()).append(costs()).toString();
    }

    private String times() {
        return String.format(
                Locale.ROOT,
                """
                %d hosts requested at once, medians of %d runs, Temporal: %s on %s
                failed joins %d, wasted attempts %d, repeated activities %d, of all runs
                succeeded: the first after %.1f s, median %.1f s, the last after %.1f s, %.2f joins a second
                straight-line client: %.2f joins a second; ratio %.2f
                """,
                hosts(),
                runs.size(),
                temporal,
                disk,
                failedJoins(),
                wastedAttempts(),
                activityRetries(),
                firstSeconds(),
                medianSeconds(),
                lastSeconds(),
                perSecond(),
                straightLinePerSecond(),
                ratio());
    }

    private String costs() {
        return String.format(
                Locale.ROOT,
                """
                CPU s of a join beyond rest: service and Temporal %.3f; %s
                  of the straight-line client: %s
                  at rest, in each second: %s
                API calls of a join: %.1f, and %.1f of its kubelet; of the straight-line client: %.1f
                Temporal: %.0f events of a join, %.0f workflow tasks, %.0f activities, %.0f local activities
                """,
                cpuSeconds().serviceAndTemporal(),
                cpuSeconds().text(),
                straightLineCpuSeconds().text(),
                idleCpuPerSecond().text(),
                apiCalls(),
                kubeletCalls(),
                straightLineApiCalls(),
                median(run -> run.history().events()),
                median(run -> run.history().workflowTasks()),
                median(run -> run.history().activities()),
                median(run -> run.history().localActivities()));
    }
}
