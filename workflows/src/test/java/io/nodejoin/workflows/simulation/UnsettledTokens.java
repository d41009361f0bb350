package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.temporal.StepOptions;
import io.nodejoin.workflows.token.TokenRequest;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.TimerStartedEventAttributes;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds in histories the tokens of joined runs that did not wait for the end of their token: for too long, since another request waited, or since Temporal cancelled the run. */
final class UnsettledTokens {
    private final Set<TokenId> unsettled = new HashSet<>();

    static UnsettledTokens fromHistories(List<WorkflowRun> runs) {
        UnsettledTokens tokens = new UnsettledTokens();
        runs.forEach(run -> tokens.unsettled.addAll(new Run().tokensOf(run)));
        return tokens;
    }

    boolean contains(TokenId id) {
        return unsettled.contains(id);
    }

    private static final class Run {
        private final Set<TokenId> issued = new HashSet<>();
        private final Set<Long> settleTimers = new HashSet<>();
        private boolean joined;
        private boolean cutShort;

        Set<TokenId> tokensOf(WorkflowRun run) {
            run.history.all().forEach(this::readEvent);
            return joined && cutShort ? issued : Set.of();
        }

        private void readEvent(HistoryEvent event) {
            switch (event.getEventType()) {
                case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED -> {
                    var wanted = event.getActivityTaskScheduledEventAttributes();
                    readActivity(wanted.getActivityType().getName(), wanted.getInput());
                }
                case EVENT_TYPE_MARKER_RECORDED ->
                    LocalActivityMarker.of(event, WorkflowExecutor.CONVERTER)
                            .ifPresent(local -> readActivity(local.activityType(), local.input()));
                case EVENT_TYPE_TIMER_STARTED -> {
                    if (isSettleTimer(event.getTimerStartedEventAttributes())) {
                        settleTimers.add(event.getEventId());
                    }
                }
                case EVENT_TYPE_TIMER_FIRED ->
                    cutShort |= settleTimers.contains(
                            event.getTimerFiredEventAttributes().getStartedEventId());
                case EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW, EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED ->
                    cutShort = true;
                default -> {}
            }
        }

        private void readActivity(String type, Payloads input) {
            switch (type) {
                case "Node_RecordJoined" -> joined = true;
                case "Token_Issue" ->
                    issued.add(WorkflowExecutor.CONVERTER
                            .fromPayloads(0, Optional.of(input), TokenRequest.class, TokenRequest.class)
                            .token()
                            .tokenId());
                default -> {}
            }
        }

        private static boolean isSettleTimer(TimerStartedEventAttributes timer) {
            Duration rest = StepOptions.TOKEN_REFUSED_TIMEOUT.minus(StepOptions.REVOCATION_ALARM_DELAY);
            return timer.getStartToFireTimeout().getSeconds() == rest.toSeconds();
        }
    }
}
