package io.nodejoin.gateway.session;

import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.ProgressReport;
import io.opentelemetry.api.trace.Span;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A submitted assignment. Guarded by the lock of its {@link AgentSession}; only awaiting the result and reading the
 * progress need no lock.
 */
final class PendingCommand {
    private final Assignment assignment;
    private final CompletableFuture<HostResult> result = new CompletableFuture<>();
    /** The span of the activity that submits the command, if it is traced. */
    private final Span span = Span.current();

    private volatile @Nullable ProgressReport progress;
    private volatile CompletableFuture<ProgressReport> nextProgress = new CompletableFuture<>();
    private long offeredAt;
    private boolean offered;
    private boolean acknowledged;
    private @Nullable UUID acknowledgedBy;
    private int waiters;

    /** @param submittedAt by the monotonic clock */
    PendingCommand(Assignment assignment, long submittedAt) {
        this.assignment = assignment;
        this.offeredAt = submittedAt;
    }

    Assignment assignment() {
        return assignment;
    }

    /** Returns when it was last offered to an agent; if none has polled yet, when it was submitted. */
    long offeredAt() {
        return offeredAt;
    }

    boolean isOffered() {
        return offered;
    }

    /** A poll of the agent ends with this command. */
    void offer(long now) {
        offered = true;
        offeredAt = now;
    }

    Optional<ProgressReport> progress() {
        return Optional.ofNullable(progress);
    }

    /** Returns what the next progress completes. Read {@link #progress} after it: what came before is there. */
    CompletableFuture<ProgressReport> nextProgress() {
        return nextProgress;
    }

    void setProgress(ProgressReport now) {
        CompletableFuture<ProgressReport> awaited = nextProgress;
        progress = now;
        nextProgress = new CompletableFuture<>();
        awaited.complete(now);
        span.addEvent(
                now.milestone() == CommandMilestone.StepCompleted
                        ? now.step()
                        : now.milestone().name(),
                now.at());
    }

    boolean isAcknowledged() {
        return acknowledged;
    }

    boolean isAcknowledgedBy(UUID instance) {
        return instance.equals(acknowledgedBy);
    }

    /** Records the acknowledgement of this agent process, or of one that has not polled here. */
    void acknowledge(@Nullable UUID instance) {
        acknowledged = true;
        acknowledgedBy = instance;
    }

    void addWaiter() {
        waiters++;
    }

    /** Removes a waiter. Returns whether none is left. */
    boolean removeWaiter() {
        waiters--;
        return waiters == 0;
    }

    void complete(HostResult with) {
        result.complete(with);
    }

    /** Returns the result to come; it is never a failure. */
    CompletableFuture<HostResult> result() {
        return result;
    }
}
