package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.token.TokenIssue;
import io.nodejoin.workflows.token.TokenRequest;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.ActivityTaskCompletedEventAttributes;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds in histories the tokens whose requests are all confirmed. */
final class ConfirmedTokens {
    private static final String ISSUE = "Token_Issue";

    private final Set<TokenId> requested = new HashSet<>();
    private final Set<TokenId> incomplete = new HashSet<>();
    private final Map<Long, TokenId> unanswered = new HashMap<>();
    private boolean idWasInUse;

    static ConfirmedTokens fromHistories(List<WorkflowRun> runs) {
        ConfirmedTokens tokens = new ConfirmedTokens();
        for (WorkflowRun run : runs) {
            run.history.all().forEach(tokens::readEvent);
            tokens.finishRun();
        }
        return tokens;
    }

    /**
     * Returns whether a request for this token or its signature may lack its response. No history has a request whose
     * worker died in its workflow task.
     */
    boolean mayStillBeCreated(TokenId id) {
        return incomplete.contains(id) || !requested.contains(id);
    }

    private void finishRun() {
        incomplete.addAll(unanswered.values());
        unanswered.clear();
        idWasInUse = false;
    }

    private void readEvent(HistoryEvent event) {
        switch (event.getEventType()) {
            case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED ->
                recordScheduled(event.getEventId(), event.getActivityTaskScheduledEventAttributes());
            case EVENT_TYPE_ACTIVITY_TASK_COMPLETED -> recordCompleted(event.getActivityTaskCompletedEventAttributes());
            case EVENT_TYPE_MARKER_RECORDED ->
                LocalActivityMarker.of(event, WorkflowExecutor.CONVERTER)
                        .filter(local -> local.activityType().equals(ISSUE))
                        .ifPresent(local -> recordLocal(event.getEventId(), local));
            default -> {}
        }
    }

    private void recordScheduled(long id, ActivityTaskScheduledEventAttributes wanted) {
        if (wanted.getActivityType().getName().equals(ISSUE)) {
            recordRequest(id, wanted.getInput());
        }
    }

    private void recordLocal(long id, LocalActivityMarker local) {
        recordRequest(id, local.input());
        if (local.result() != null) {
            recordResult(id, local.result());
        }
    }

    private void recordRequest(long id, Payloads input) {
        TokenId token = value(input, TokenRequest.class).token().tokenId();
        requested.add(token);
        unanswered.put(id, token);
    }

    /** After an id in use, the workflow leaves the ledger entries of its attempt to the garbage collector. */
    private void recordCompleted(ActivityTaskCompletedEventAttributes done) {
        long id = done.getScheduledEventId();
        if (unanswered.containsKey(id)) {
            recordResult(id, done.getResult());
        }
    }

    private void recordResult(long id, Payloads result) {
        switch (value(result, TokenIssue.class)) {
            case TokenIssue.IdInUse _ -> idWasInUse = true;
            case TokenIssue.Issued(var sealed) -> {
                if (sealed.createAttempts() <= 1 && !idWasInUse) {
                    unanswered.remove(id);
                }
                idWasInUse = false;
            }
        }
    }

    private static <T> T value(Payloads payloads, Class<T> type) {
        return WorkflowExecutor.CONVERTER.fromPayloads(0, Optional.of(payloads), type, type);
    }
}
