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

/** Which request follows the one that runs: of all that came meanwhile the newest. */
final class PendingRequests {
    private final NodeRequest running;
    private final Set<JoinId> seen = new LinkedHashSet<>();
    private @Nullable NodeRequest next;
    private Instant latestGeneration;
    private Problem outdatedProblem;

    /** What becomes of a request that comes while another one runs. */
    sealed interface OfferResult {
        /** It came before. */
        record Duplicate() implements OfferResult {}

        /** It follows the running one, in the place of the one that would have. */
        record Accepted(Optional<NodeRequest> replaced) implements OfferResult {}

        /** A newer one came before it, or a cancel that means it as well. */
        record Outdated(Problem problem) implements OfferResult {}
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
            return new OfferResult.Outdated(outdatedProblem);
        }
        Optional<NodeRequest> replaced = next();
        next = newer;
        latestGeneration = newer.generation();
        outdatedProblem = supersededBy(newer);
        return new OfferResult.Accepted(replaced);
    }

    /** All that came, the one that runs first. */
    List<JoinId> seen() {
        return List.copyOf(seen);
    }

    /** The one that follows. */
    Optional<NodeRequest> next() {
        return Optional.ofNullable(next);
    }

    /** Takes out the one that follows; one that comes later does not displace it. */
    Optional<NodeRequest> takeNext() {
        Optional<NodeRequest> taken = next();
        next = null;
        return taken;
    }

    /** Takes out the one that follows, if it is meant; none that is meant as well takes its place. */
    Optional<NodeRequest> removeIfAborted(AbortRequest abort) {
        if (!targetsNext(abort)) {
            return Optional.empty();
        }
        latestGeneration = Optional.ofNullable(abort.generation()).orElse(latestGeneration);
        outdatedProblem = abort.toProblem();
        return takeNext();
    }

    /** What a request has to be newer than to follow. */
    Instant latestGeneration() {
        return latestGeneration;
    }

    /**
     * Whether there is anything that this gives up.
     *
     * @param runningIsAbortable whether the running request can still be given up
     */
    boolean canAbort(AbortRequest abort, boolean runningIsAbortable) {
        return targetsNext(abort) || (runningIsAbortable && abort.appliesTo(running));
    }

    /**
     * Refuses to give up what is over already, or was asked for later.
     *
     * @param runningIsAbortable whether the running request can still be given up
     * @param phase of the running request
     */
    void requireAbortable(AbortRequest abort, boolean runningIsAbortable, Phase phase) {
        if (canAbort(abort, runningIsAbortable)) {
            return;
        }
        throw JoinFailures.of(
                ErrorCode.NOT_ABORTABLE,
                "request " + running.joinId() + " for " + running.node().name() + ", made at " + running.generation()
                        + ", is " + (abort.appliesTo(running) ? "already " + phase : "newer than what is cancelled"));
    }

    private boolean targetsNext(AbortRequest abort) {
        return next != null && abort.appliesTo(next);
    }

    /** Why a request ends for which there is a newer one. */
    static Problem supersededBy(NodeRequest by) {
        return new Problem(
                ErrorCode.SUPERSEDED,
                "request " + by.joinId() + " for " + by.node().name() + ", made at " + by.generation()
                        + ", takes its place");
    }
}
