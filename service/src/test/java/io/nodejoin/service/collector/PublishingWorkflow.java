package io.nodejoin.service.collector;

import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.lifecycle.MemoKeys;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.SearchAttributes;
import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says what it is told to say, as a join does. */
@WorkflowInterface
public interface PublishingWorkflow {
    @WorkflowMethod
    void talk();

    @SignalMethod
    void say(List<OutcomeEvent> batch);

    @SignalMethod
    void reach(String phase);

    @SignalMethod
    void end();

    @SignalMethod
    void giveWay(String joinId);

    /** Its one implementation. */
    final class Talking implements PublishingWorkflow {
        private final EventActivities events = Workflow.newActivityStub(
                EventActivities.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofMinutes(1))
                        .build());
        private boolean ended;
        private @Nullable String next;

        @Override
        public void talk() {
            Workflow.await(() -> ended || next != null);
            if (next != null) {
                Workflow.continueAsNew(ContinueAsNewOptions.newBuilder()
                        .setMemo(Map.of(MemoKeys.JOIN_ID, next))
                        .setTypedSearchAttributes(SearchAttributes.newBuilder()
                                .set(JoinSearchAttributes.PHASE, Phase.Requested.name())
                                .build())
                        .build());
            }
        }

        @Override
        public void giveWay(String joinId) {
            next = joinId;
        }

        @Override
        public void say(List<OutcomeEvent> batch) {
            events.publish(batch);
        }

        @Override
        public void reach(String phase) {
            Workflow.upsertTypedSearchAttributes(JoinSearchAttributes.PHASE.valueSet(phase));
        }

        @Override
        public void end() {
            ended = true;
        }
    }
}
