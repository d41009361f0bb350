package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.update.v1.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Temporal's server: the runs of one workflow id, their signals, updates and queries. */
final class SimulatedTemporal {
    final VirtualTime timeline;
    final SeededRandom random;
    final EventTrace trace;
    final Losses losses;
    final WorkflowExecutor code;
    final Replicas workers;

    private final List<WorkflowRun> runs = new ArrayList<>();
    private final List<String> defects = new ArrayList<>();
    private final String runPrefix;

    SimulatedTemporal(
            VirtualTime timeline,
            SeededRandom random,
            EventTrace trace,
            Losses losses,
            WorkflowExecutor code,
            Replicas workers) {
        this.timeline = timeline;
        this.random = random;
        this.trace = trace;
        this.losses = losses;
        this.code = code;
        this.workers = workers;
        this.runPrefix = random.nextText(12);
    }

    /** All runs, the oldest first. */
    List<WorkflowRun> runs() {
        return runs;
    }

    /** Returns violations of Temporal's own rules. */
    List<String> defects() {
        return defects;
    }

    void reportDefect(String what) {
        trace.add("temporal", "DEFECT " + what);
        defects.add(what);
    }

    void start(String workflowId, NodeRequest request) {
        startRun(RunStart.of(workflowId, request));
    }

    void startRun(RunStart start) {
        trace.add("temporal", "run " + (runs.size() + 1) + " begins: " + start.type());
        runs.add(new WorkflowRun(this, start, runPrefix + "-" + runs.size()));
    }

    Optional<WorkflowRun> running() {
        return runs.isEmpty() || runs.getLast().isClosed() ? Optional.empty() : Optional.of(runs.getLast());
    }

    /** Sends a signal. Returns whether a workflow runs. */
    boolean signal(String name, Object argument) {
        Optional<WorkflowRun> run = running();
        run.ifPresent(found -> found.signal(name, argument));
        return run.isPresent();
    }

    void update(String name, Object argument, Consumer<Outcome> answer) {
        running()
                .ifPresentOrElse(run -> run.update(name, argument, answer), () -> answer.accept(failed("no workflow")));
    }

    static Outcome failed(String why) {
        return Outcome.newBuilder()
                .setFailure(Failure.newBuilder().setMessage(why))
                .build();
    }

    void cancel() {
        running().ifPresent(run -> run.addEvents(HistoryEvents.cancelRequested()));
    }

    /** Dispatches a workflow task to any replica that polls. */
    void runOnWorker(Duration delay, Consumer<Replica> task) {
        timeline.scheduleAfter(delay, () -> workers.dispatch(TaskQueues.NODEJOIN, () -> true, task));
    }
}
