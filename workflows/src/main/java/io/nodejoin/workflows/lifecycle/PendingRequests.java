package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.JoinFailures;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The requests that arrived during a run. The newest one runs next. */
final class PendingRequests {
    private final NodeRequest running;
    private final Set<JoinId> seen = new LinkedHashSet<>();
    private @Nullable NodeRequest next;
    private Instant latestGeneration;
    private Problem outdatedProblem;

    /** The result of a request that arrives while another one runs. */
    sealed interface OfferResult {
        /** It is redelivered. */
        record Duplicate() implements OfferResult {}

        /** It runs next, and displaces the request that would have. */
        record Accepted(Optional<NodeRequest> replaced) implements OfferResult {}

        /** A newer request, or a cancel that applies to it, arrived before; or it may not replace those that did. */
        record Refused(Problem problem) implements OfferResult {}
    }

    PendingRequests(NodeRequest running) {
        this.running = running;
        this.latestGeneration = running.generation();
        this.outdatedProblem = supersededBy(running);
        seen.add(running.joinId());
    }

    OfferResult offer(NodeRequest newer) {
        if (!seen.add(newer.joinId())) {
            return new OfferResult.Duplicate();
        }
        if (!newer.isNewerThan(latestGeneration)) {
            return new OfferResult.Refused(outdatedProblem);
        }
        if (!newer.mayReplace(running.pool()) || (next != null && !newer.mayReplace(next.pool()))) {
            return new OfferResult.Refused(new Problem(
                    ErrorCode.NODE_NOT_IN_POOL,
                    "another request for " + newer.node().name() + " is under way, which is not of the pool "
                            + newer.pool()));
        }
        Optional<NodeRequest> replaced = next();
        next = newer;
        latestGeneration = newer.generation();
        outdatedProblem = supersededBy(newer);
        return new OfferResult.Accepted(replaced);
    }

    /** Returns the ids of all requests, the running one first. */
    List<JoinId> seen() {
        return List.copyOf(seen);
    }

    /** Returns the next request. */
    Optional<NodeRequest> next() {
        return Optional.ofNullable(next);
    }

    /** Removes and returns the next request; a later one does not displace it. */
    Optional<NodeRequest> takeNext() {
        Optional<NodeRequest> taken = next();
        next = null;
        return taken;
    }

    /** Removes and returns the next request if the abort applies to it; accepts no other request that it applies to. */
    Optional<NodeRequest> removeIfAborted(AbortRequest abort) {
        if (!targetsNext(abort)) {
            return Optional.empty();
        }
        latestGeneration = Optional.ofNullable(abort.generation()).orElse(latestGeneration);
        outdatedProblem = abort.toProblem();
        return takeNext();
    }

    /** Returns the generation that a request must exceed to run next. */
    Instant latestGeneration() {
        return latestGeneration;
    }

    /**
     * Returns whether the abort applies to any request.
     *
     * @param runningIsAbortable whether the running request can still be aborted
     */
    boolean canAbort(AbortRequest abort, boolean runningIsAbortable) {
        return targetsNext(abort) || (runningIsAbortable && abort.appliesTo(running));
    }

    /**
     * Rejects the abort of a request that has ended or is newer.
     *
     * @param runningIsAbortable whether the running request can still be aborted
     * @param phase of the running request
     */
    void requireAbortable(AbortRequest abort, boolean runningIsAbortable, Phase phase) {
        if (canAbort(abort, runningIsAbortable)) {
            return;
        }
        throw JoinFailures.of(
                ErrorCode.NOT_ABORTABLE,
                "request " + running.joinId() + " for " + running.node().name() + ", made at " + running.generation()
                        + ", is "
                        + (abort.appliesTo(running)
                                ? "already " + phase
                                : "newer than what is cancelled, or of another pool"));
    }

    private boolean targetsNext(AbortRequest abort) {
        return next != null && abort.appliesTo(next);
    }

    /** Returns the problem of a superseded request. */
    static Problem supersededBy(NodeRequest by) {
        return new Problem(
                ErrorCode.SUPERSEDED,
                "request " + by.joinId() + " for " + by.node().name() + ", made at " + by.generation()
                        + ", takes its place");
    }
}
