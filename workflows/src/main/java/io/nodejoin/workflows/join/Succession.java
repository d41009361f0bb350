package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which request follows the one that runs: of all that came meanwhile the newest. */
final class Succession {
    private final NodeRequest running;
    private final Set<JoinId> seen = new LinkedHashSet<>();
    private @Nullable NodeRequest next;
    private Instant newest;
    private Problem late;

    /** What becomes of a request that comes while another one runs. */
    sealed interface Place {
        /** It came before. */
        record Known() implements Place {}

        /** It follows the running one, in the place of the one that would have. */
        record Next(Optional<NodeRequest> displaced) implements Place {}

        /** A newer one came before it, or a cancel that means it as well. */
        record Late(Problem why) implements Place {}
    }

    Succession(NodeRequest running) {
        this.running = running;
        this.newest = running.generation();
        this.late = superseded(running);
        seen.add(running.joinId());
    }

    Place offer(NodeRequest newer) {
        if (!seen.add(newer.joinId())) {
            return new Place.Known();
        }
        if (!newer.isNewerThan(newest)) {
            return new Place.Late(late);
        }
        Optional<NodeRequest> displaced = next();
        next = newer;
        newest = newer.generation();
        late = superseded(newer);
        return new Place.Next(displaced);
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
    Optional<NodeRequest> take() {
        Optional<NodeRequest> taken = next();
        next = null;
        return taken;
    }

    /** Takes out the one that follows, if it is meant; none that is meant as well takes its place. */
    Optional<NodeRequest> drop(AbortRequest abort) {
        if (!isMeant(abort)) {
            return Optional.empty();
        }
        newest = Optional.ofNullable(abort.generation()).orElse(newest);
        late = abort.problem();
        return take();
    }

    /** What a request has to be newer than to follow. */
    Instant newest() {
        return newest;
    }

    /**
     * Whether there is anything that this gives up.
     *
     * @param open whether the running request can still be given up
     */
    boolean givesUp(AbortRequest abort, boolean open) {
        return isMeant(abort) || (open && abort.means(running));
    }

    /**
     * Refuses to give up what is over already, or was asked for later.
     *
     * @param open whether the running request can still be given up
     * @param phase of the running request
     */
    void requireMeant(AbortRequest abort, boolean open, Phase phase) {
        if (givesUp(abort, open)) {
            return;
        }
        throw JoinStop.because(
                ErrorCode.COMMAND_STALE,
                "request " + running.joinId() + " for " + running.node().node() + ", made at " + running.generation()
                        + ", is " + (abort.means(running) ? "already " + phase : "newer than what is cancelled"));
    }

    private boolean isMeant(AbortRequest abort) {
        return next != null && abort.means(next);
    }

    /** Why a request ends for which there is a newer one. */
    static Problem superseded(NodeRequest by) {
        return new Problem(
                ErrorCode.SUPERSEDED,
                "request " + by.joinId() + " for " + by.node().node() + ", made at " + by.generation()
                        + ", takes its place");
    }
}
