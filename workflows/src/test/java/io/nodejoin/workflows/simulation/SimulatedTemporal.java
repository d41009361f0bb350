package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.nodejoin.workflows.lifecycle.NodeWorkflows;
import io.nodejoin.workflows.temporal.TaskQueues;
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
    final VirtualTime timeline;
    final SeededRandom chance;
    final EventTrace trace;
    final FaultSchedule weather;
    final WorkflowExecutor code;
    final Replicas workers;

    private final List<WorkflowRun> runs = new ArrayList<>();
    private final List<String> defects = new ArrayList<>();
    private final String runPrefix;

    SimulatedTemporal(
            VirtualTime timeline,
            SeededRandom chance,
            EventTrace trace,
            FaultSchedule weather,
            WorkflowExecutor code,
            Replicas workers) {
        this.timeline = timeline;
        this.chance = chance;
        this.trace = trace;
        this.weather = weather;
        this.code = code;
        this.workers = workers;
        this.runPrefix = chance.nextText(12);
    }

    /** All runs, the oldest first. */
    List<WorkflowRun> runs() {
        return runs;
    }

    /** What must not happen, whatever the workflow is for. */
    List<String> defects() {
        return defects;
    }

    void reportDefect(String what) {
        trace.add("temporal", "DEFECT " + what);
        defects.add(what);
    }

    void start(String workflowId, NodeRequest request) {
        startRun(
                workflowId,
                NodeWorkflows.workflowType(request),
                WorkflowExecutor.CONVERTER.toPayloads(request).orElseThrow());
    }

    void startRun(String workflowId, String type, Payloads input) {
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
        running().ifPresent(run -> run.addEvents(HistoryEvents.cancelRequested()));
    }

    /** Workflow tasks are for any replica that polls. */
    void runOnWorker(Duration delay, Runnable task) {
        timeline.scheduleAfter(delay, () -> workers.dispatch(TaskQueues.NODEJOIN, () -> true, _ -> task.run()));
    }
}
