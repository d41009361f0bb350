package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.join.NodeRequest;
import io.nodejoin.workflows.join.NodeRuns;
import io.nodejoin.workflows.queue.TaskQueues;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.failure.v1.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Temporal's server: runs of workflows, one after the other under an id, and those who ask for something of them. */
final class SimulatedTemporal {
    final Timeline timeline;
    final Chance chance;
    final Trace trace;
    final Weather weather;
    final WorkflowCode code;
    final Workers workers;

    private final List<WorkflowRun> runs = new ArrayList<>();
    private final List<String> defects = new ArrayList<>();
    private final String runPrefix;

    SimulatedTemporal(
            Timeline timeline, Chance chance, Trace trace, Weather weather, WorkflowCode code, Workers workers) {
        this.timeline = timeline;
        this.chance = chance;
        this.trace = trace;
        this.weather = weather;
        this.code = code;
        this.workers = workers;
        this.runPrefix = chance.text(12);
    }

    /** All runs, the oldest first. */
    List<WorkflowRun> runs() {
        return runs;
    }

    /** What must not happen, whatever the workflow is for. */
    List<String> defects() {
        return defects;
    }

    void defect(String what) {
        trace.add("temporal", "DEFECT " + what);
        defects.add(what);
    }

    void start(String workflowId, NodeRequest request) {
        begin(
                workflowId,
                NodeRuns.workflowType(request),
                WorkflowCode.CONVERTER.toPayloads(request).orElseThrow());
    }

    void begin(String workflowId, String type, Payloads input) {
        trace.add("temporal", "run " + (runs.size() + 1) + " begins: " + type);
        runs.add(new WorkflowRun(this, workflowId, runPrefix + "-" + runs.size(), type, input));
    }

    Optional<WorkflowRun> running() {
        return runs.isEmpty() || runs.getLast().isClosed() ? Optional.empty() : Optional.of(runs.getLast());
    }

    /** Says whether there is a workflow that runs. */
    boolean signal(String name, Object argument) {
        Optional<WorkflowRun> run = running();
        run.ifPresent(found -> found.signal(name, argument));
        return run.isPresent();
    }

    /** The answer is a failure or nothing. */
    void update(String name, Object argument, Consumer<@Nullable Failure> answer) {
        running()
                .ifPresentOrElse(
                        run -> run.update(name, argument, answer),
                        () -> answer.accept(
                                Failure.newBuilder().setMessage("no workflow").build()));
    }

    void cancel() {
        running().ifPresent(run -> run.happen(Events.cancelRequested()));
    }

    /** Workflow tasks are for any replica that polls. */
    void whenWorkflowsRun(Duration delay, Runnable task) {
        timeline.after(delay, () -> workers.take(TaskQueues.NODEJOIN, () -> true, _ -> task.run()));
    }
}
