package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.clusterinfo.TokenSignature;
import io.nodejoin.workflows.token.SealedToken;
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

/** Finds in histories the tokens whose create and sign requests are all confirmed. */
final class ConfirmedTokens {
    private static final String RESERVE = "Token_Reserve";
    private static final String ISSUE = "Token_Issue";
    private static final String SIGN = "ClusterInfo_PublishSignature";

    private final Set<TokenId> reserved = new HashSet<>();
    private final Set<TokenId> incomplete = new HashSet<>();
    private final Set<Long> reservations = new HashSet<>();
    private final Set<Long> issues = new HashSet<>();
    private final Map<Long, TokenId> unanswered = new HashMap<>();

    static ConfirmedTokens fromHistories(List<WorkflowRun> runs) {
        ConfirmedTokens tokens = new ConfirmedTokens();
        for (WorkflowRun run : runs) {
            run.history.all().forEach(tokens::readEvent);
            tokens.finishRun();
        }
        return tokens;
    }

    /** Returns whether the workflow has received the id. */
    boolean isReserved(TokenId id) {
        return reserved.contains(id);
    }

    /** Returns whether a request for this token or its signature may lack its response. */
    boolean mayStillBeCreated(TokenId id) {
        return incomplete.contains(id);
    }

    private void finishRun() {
        incomplete.addAll(unanswered.values());
        reservations.clear();
        issues.clear();
        unanswered.clear();
    }

    private void readEvent(HistoryEvent event) {
        switch (event.getEventType()) {
            case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED ->
                recordScheduled(event.getEventId(), event.getActivityTaskScheduledEventAttributes());
            case EVENT_TYPE_ACTIVITY_TASK_COMPLETED -> recordCompleted(event.getActivityTaskCompletedEventAttributes());
            default -> {}
        }
    }

    private void recordScheduled(long id, ActivityTaskScheduledEventAttributes wanted) {
        switch (wanted.getActivityType().getName()) {
            case RESERVE -> reservations.add(id);
            case ISSUE -> {
                issues.add(id);
                unanswered.put(
                        id, value(wanted.getInput(), TokenRequest.class).token().tokenId());
            }
            case SIGN ->
                unanswered.put(
                        id,
                        value(wanted.getInput(), TokenSignature.class).token().tokenId());
            default -> {}
        }
    }

    private void recordCompleted(ActivityTaskCompletedEventAttributes done) {
        long id = done.getScheduledEventId();
        if (reservations.contains(id)) {
            reserved.add(value(done.getResult(), TokenId.class));
        }
        boolean triedAgain = issues.contains(id)
                && value(done.getResult(), SealedToken.class).createAttempts() > 1;
        if (!triedAgain) {
            unanswered.remove(id);
        }
    }

    private static <T> T value(Payloads payloads, Class<T> type) {
        return WorkflowExecutor.CONVERTER.fromPayloads(0, Optional.of(payloads), type, type);
    }
}
