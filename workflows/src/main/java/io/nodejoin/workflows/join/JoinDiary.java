package io.nodejoin.workflows.join;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.join.JoinEvent;
import io.nodejoin.protocol.join.JoinPhaseChanged;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.event.EventActivities;
import io.temporal.common.SearchAttributeUpdate;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import io.temporal.workflow.WorkflowQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** When the join reached which phase, for people and for the events topic. Events leave one by one, in order, off the path. */
final class JoinDiary {
    private static final Logger LOG = Workflow.getLogger(JoinDiary.class);
    /** More than a join has phases. */
    private static final int CAPACITY = 32;

    private final JoinPlan plan;
    private final List<PhaseTime> phases = new ArrayList<>();
    private final WorkflowQueue<Entry> outbox = Workflow.newWorkflowQueue(CAPACITY);

    private final CompletablePromise<Void> published = Workflow.newPromise();

    private record Entry(Announcement announcement, boolean last) {}

    JoinDiary(JoinPlan plan) {
        this.plan = plan;
    }

    /** Begins to publish. A cancelled join goes on doing so. */
    void open() {
        Workflow.newDetachedCancellationScope(() -> published.completeFrom(Async.procedure(this::publishAll)))
                .run();
    }

    /** Returns once the terminal event is out. */
    void close() {
        published.get();
    }

    void record(JoinState state, @Nullable Problem problem) {
        Instant at = WorkflowTime.now();
        phases.add(new PhaseTime(state.phase(), at));
        LOG.atInfo()
                .addKeyValue("cluster", plan.wanted().cluster())
                .addKeyValue("node", plan.nodeName())
                .addKeyValue("phase", state.phase())
                .log("phase reached");
        Workflow.setCurrentDetails(table(state));
        index(state, problem);
        JoinEvent.Outcome event = JoinOutcomes.of(plan.request(), state, phases);
        Announcement announcement = new Announcement(
                eventId(state.phase()), plan.wanted().cluster(), plan.nodeName().value(), at, event);
        outbox.put(new Entry(announcement, state.phase().terminal()));
    }

    JoinProgress progress(JoinState state, @Nullable Problem problem) {
        return new JoinProgress(
                plan.request().joinId(),
                plan.wanted().cluster(),
                plan.nodeName(),
                state.phase(),
                phases,
                state.waitingFor(),
                plan.request().deadline(),
                problem);
    }

    private static void index(JoinState state, @Nullable Problem problem) {
        SearchAttributeUpdate<String> phase =
                JoinAttributes.PHASE.valueSet(state.phase().name());
        if (problem == null) {
            Workflow.upsertTypedSearchAttributes(phase);
        } else {
            Workflow.upsertTypedSearchAttributes(
                    phase, JoinAttributes.REASON.valueSet(problem.code().name()));
        }
    }

    private void publishAll() {
        boolean last = false;
        while (!last) {
            Entry next = outbox.take();
            publish(next);
            last = next.last();
        }
    }

    /** A phase event that cannot be published is dropped; the outcome is tried until it is out. */
    private static void publish(Entry entry) {
        while (!published(entry.announcement()) && entry.last()) {
            Workflow.sleep(JoinOptions.PERSIST);
        }
    }

    private static boolean published(Announcement announcement) {
        String what = announcement.event() instanceof JoinPhaseChanged changed
                ? "phase " + changed.phase()
                : announcement.event().getClass().getSimpleName();
        String summary = "Publish " + what + " of " + announcement.node();
        try {
            Workflow.newActivityStub(EventActivities.class, JoinOptions.event(summary))
                    .publish(announcement);
            return true;
        } catch (ActivityFailure failure) {
            LOG.atError()
                    .addKeyValue("eventId", announcement.id())
                    .setCause(failure)
                    .log("event not published");
            return false;
        }
    }

    private static String eventId(Phase phase) {
        WorkflowInfo info = Workflow.getInfo();
        return info.getWorkflowId() + "/" + info.getRunId() + "/" + phase;
    }

    private String table(JoinState state) {
        StringBuilder table = new StringBuilder("| Phase | reached at | seconds |\n|---|---|---|\n");
        for (PhaseTime phase : phases) {
            Duration since = Duration.between(phases.getFirst().at(), phase.at());
            table.append(String.format(
                    Locale.ROOT, "| %s | %s | %.1f |%n", phase.phase(), phase.at(), since.toMillis() / 1000.0));
        }
        return table.append("\nWaiting for ")
                .append(state.waitingFor())
                .append(".\n")
                .toString();
    }
}
