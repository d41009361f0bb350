package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.temporal.LocalActivities;
import io.nodejoin.workflows.temporal.StepOptions;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * Publishes the events of a run in order, asynchronously, one call at a time. The first event goes out beside the first steps. Later
 * ones of one workflow task, and those that wait for the call before, go out together after its steps. A cancelled workflow
 * continues to publish.
 *
 * <p>Phases go out within the workflow task. A task that is lost is executed again, and may then come to another end, so an outcome
 * goes out only after the task that has decided it is recorded.
 */
final class EventPublisher {
    private static final Logger LOG = Workflow.getLogger(EventPublisher.class);
    /** More than a join has phases. Keeps the input of the activity far below the size that Temporal accepts. */
    private static final int MAX_BATCH = 50;
    /** Keeps the summary of an activity below 120 characters. */
    private static final int MAX_NAMES = 5;

    private final Queue<QueuedEvent> waiting = new ArrayDeque<>();
    private final LocalActivities localActivities;
    private boolean publishing;
    private boolean beforeSteps = true;

    EventPublisher(LocalActivities localActivities) {
        this.localActivities = localActivities;
    }

    /** @param retryUntilPublished whether publishing is retried until it succeeds */
    private record QueuedEvent(OutcomeEvent event, boolean retryUntilPublished) {}

    void enqueue(OutcomeEvent event, boolean retryUntilPublished) {
        waiting.add(new QueuedEvent(event, retryUntilPublished));
        publishWaiting();
    }

    /** Returns once every enqueued event is published. */
    void awaitPublished() {
        Workflow.newDetachedCancellationScope(() -> Workflow.await(() -> !publishing))
                .run();
    }

    private void publishWaiting() {
        if (publishing || waiting.isEmpty()) {
            return;
        }
        publishing = true;
        if (beforeSteps) {
            beforeSteps = false;
            localActivities.reportNow(this::publishNext);
        } else {
            localActivities.reportAfterwards(this::publishNext);
        }
    }

    private void publishNext() {
        publish(takeBatch());
        publishing = false;
        publishWaiting();
    }

    private List<QueuedEvent> takeBatch() {
        List<QueuedEvent> batch = new ArrayList<>();
        while (batch.size() < MAX_BATCH && !waiting.isEmpty()) {
            batch.add(waiting.remove());
        }
        return batch;
    }

    /** Drops phase events that cannot be published; retries a batch with an outcome until it is published. */
    private void publish(List<QueuedEvent> batch) {
        List<OutcomeEvent> events = batch.stream().map(QueuedEvent::event).toList();
        boolean retryUntilPublished = batch.stream().anyMatch(QueuedEvent::retryUntilPublished);
        Duration pause = StepOptions.OUTCOME_RETRY_INTERVAL;
        while (!tryPublish(events, retryUntilPublished) && retryUntilPublished) {
            Workflow.sleep(pause);
            pause = Collections.min(List.of(pause.multipliedBy(4), StepOptions.MAX_OUTCOME_RETRY_INTERVAL));
        }
    }

    private boolean tryPublish(List<OutcomeEvent> events, boolean afterTask) {
        ActivityOptions options = StepOptions.event(summary(events));
        try {
            if (afterTask) {
                Workflow.newActivityStub(EventActivities.class, options).publish(events);
            } else {
                localActivities.run(EventActivities.class, options, activities -> activities.publish(events));
            }
            return true;
        } catch (ActivityFailure failure) {
            List<String> ids = events.stream().map(OutcomeEvent::id).toList();
            LOG.atError().addKeyValue("eventIds", ids).setCause(failure).log("events not published");
            return false;
        }
    }

    private static String summary(List<OutcomeEvent> events) {
        String names =
                events.stream().limit(MAX_NAMES).map(EventPublisher::name).collect(Collectors.joining(", "));
        int others = events.size() - MAX_NAMES;
        return "Publish " + names + (others > 0 ? " and " + others + " more" : "");
    }

    private static String name(OutcomeEvent event) {
        return event.event() instanceof JoinPhaseChanged changed
                ? changed.phase().name()
                : event.event().getClass().getSimpleName();
    }
}
