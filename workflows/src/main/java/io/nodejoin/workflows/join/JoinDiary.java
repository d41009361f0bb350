package io.nodejoin.workflows.join;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.join.JoinEvent;
import io.nodejoin.protocol.join.JoinPhaseChanged;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.event.EventActivities;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import io.temporal.workflow.WorkflowQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** When a join or a leave reached which phase, for people and for the events topic. Events leave one by one, in order, off the path. */
final class JoinDiary {
    private static final Logger LOG = Workflow.getLogger(JoinDiary.class);
    /** More than a join has phases and newer requests. */
    private static final int CAPACITY = 1_000;

    private final NodeRequest request;
    private final List<PhaseTime> phases = new ArrayList<>();
    private final WorkflowQueue<Entry> outbox = Workflow.newWorkflowQueue(CAPACITY);
    private int untold;

    /** @param outcome whether it is tried until it is out */
    private record Entry(Announcement announcement, boolean outcome) {}

    JoinDiary(NodeRequest request) {
        this.request = request;
    }

    /** Begins to publish. A cancelled join goes on doing so. */
    void open() {
        Workflow.newDetachedCancellationScope(() -> Async.procedure(this::publishAll))
                .run();
    }

    /** Returns once all is out that has been told so far. */
    void awaitTold() {
        Workflow.newDetachedCancellationScope(() -> Workflow.await(() -> untold == 0))
                .run();
    }

    /** Tells that this request is to follow the join. */
    void accepted(NodeRequest next) {
        tell(next, Phase.Requested, JoinOutcomes.accepted(next));
    }

    /** Tells that this request ends without having begun. */
    void unbegun(NodeRequest request, Problem why) {
        tell(request, Phase.Cancelled, JoinOutcomes.unbegun(request, why, WorkflowTime.now()));
    }

    /**
     * Notes that a phase is reached.
     *
     * @param event what the outside is told, if anything, from the phases so far
     */
    void record(
            Phase phase,
            String waitingFor,
            @Nullable Problem problem,
            Function<List<PhaseTime>, Optional<JoinEvent.Outcome>> event) {
        Instant at = WorkflowTime.now();
        phases.add(new PhaseTime(phase, at));
        LOG.atInfo()
                .addKeyValue("cluster", request.node().cluster())
                .addKeyValue("node", request.node().node())
                .addKeyValue("phase", phase)
                .log("phase reached");
        Workflow.setCurrentDetails(table(waitingFor));
        index(phase, problem);
        event.apply(phases).ifPresent(told -> tell(eventId(turn(phase)), at, told, phase.terminal()));
    }

    /** A phase that is reached again, in another attempt, is told of again. */
    private String turn(Phase phase) {
        long times = phases.stream().filter(time -> time.phase() == phase).count();
        return times == 1 ? phase.name() : phase + "/" + times;
    }

    JoinProgress progress(Phase phase, String waitingFor, @Nullable Problem problem) {
        return new JoinProgress(
                request.joinId(),
                request.node().cluster(),
                request.node().node(),
                phase,
                phases,
                waitingFor,
                request.deadline(),
                problem);
    }

    private static void index(Phase phase, @Nullable Problem problem) {
        Workflow.upsertTypedSearchAttributes(
                JoinAttributes.PHASE.valueSet(phase.name()),
                problem == null
                        ? JoinAttributes.REASON.valueUnset()
                        : JoinAttributes.REASON.valueSet(problem.code().name()));
    }

    private void tell(NodeRequest other, Phase phase, JoinEvent.Outcome event) {
        tell(eventId(other.joinId() + "/" + phase), WorkflowTime.now(), event, phase.terminal());
    }

    private void tell(String id, Instant at, JoinEvent.Outcome event, boolean outcome) {
        Announcement announcement = new Announcement(
                id, request.node().cluster(), request.node().node().value(), at, event);
        untold++;
        outbox.put(new Entry(announcement, outcome));
    }

    private void publishAll() {
        while (true) {
            publish(outbox.take());
            untold--;
        }
    }

    /** A phase event that cannot be published is dropped; an outcome is tried until it is out. */
    private static void publish(Entry entry) {
        while (!published(entry.announcement()) && entry.outcome()) {
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

    private static String eventId(String what) {
        WorkflowInfo info = Workflow.getInfo();
        return info.getWorkflowId() + "/" + info.getRunId() + "/" + what;
    }

    private String table(String waitingFor) {
        StringBuilder table = new StringBuilder("| Phase | reached at | seconds |\n|---|---|---|\n");
        for (PhaseTime phase : phases) {
            Duration since = Duration.between(phases.getFirst().at(), phase.at());
            table.append(String.format(
                    Locale.ROOT, "| %s | %s | %.1f |%n", phase.phase(), phase.at(), since.toMillis() / 1000.0));
        }
        return table.append("\nWaiting for ").append(waitingFor).append(".\n").toString();
    }
}
