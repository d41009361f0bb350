package io.nodejoin.workflows.join;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.Workflow;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What newer requests and cancels do to a run: which request follows it, what is told of that, and whether the run is given up. */
final class Handover {
    private final NodeRequest request;
    private final JoinDiary diary;
    private final Running running;
    private final Succession succession;
    private final EarlierRequests before;

    /**
     * The request that runs.
     *
     * @param givesUp does nothing if it may not be given up any more
     */
    record Running(Supplier<Phase> phase, BooleanSupplier mayBeGivenUp, Consumer<Problem> givesUp) {
        void giveUp(Problem why) {
            givesUp.accept(why);
        }
    }

    Handover(NodeRequest request, JoinDiary diary, Running running) {
        this.request = request;
        this.diary = diary;
        this.running = running;
        this.succession = new Succession(request);
        this.before = EarlierRequests.of((String) Workflow.getMemo(JoinMemo.EARLIER, String.class));
    }

    void superseded(NodeRequest newer) {
        switch (succession.offer(newer)) {
            case Succession.Place.Known _ -> {}
            case Succession.Place.Next(Optional<NodeRequest> displaced) -> {
                diary.accepted(newer);
                displaced.ifPresent(older -> diary.unbegun(older, Succession.superseded(newer)));
                running.giveUp(Succession.superseded(newer));
            }
            case Succession.Place.Late(Problem why) -> diary.unbegun(newer, why);
        }
        // Whoever ends this run from outside, each request is recognised should it come again.
        Workflow.upsertMemo(Map.of(JoinMemo.EARLIER, seen().text()));
    }

    /** Refuses to give up what is over already, or was asked for later. */
    void mayAbort(AbortRequest abort) {
        succession.requireMeant(
                abort, running.mayBeGivenUp().getAsBoolean(), running.phase().get());
    }

    /** Gives up what may be given up, and otherwise does nothing: nobody waits for an answer. */
    void cancelled(AbortRequest abort) {
        if (succession.givesUp(abort, running.mayBeGivenUp().getAsBoolean())) {
            abort(abort);
        }
    }

    AbortAnswer abort(AbortRequest abort) {
        Optional<NodeRequest> dropped = succession.drop(abort);
        dropped.ifPresent(next -> {
            diary.unbegun(next, abort.problem());
            // Once this run is over, its memo alone says what the next one must be newer than.
            Workflow.upsertMemo(Map.of(JoinMemo.GENERATION, succession.newest().toString()));
        });
        if (abort.means(request)) {
            running.giveUp(abort.problem());
        }
        return new AbortAnswer(dropped.orElse(request).joinId());
    }

    /**
     * Begins the next run, if a request waits for it. A workflow that Temporal cancelled cannot go on with another request, so each one
     * that waits, or comes while it says so, is cancelled too.
     */
    void makeWay() {
        Optional<NodeRequest> next = succession.take();
        while (next.isPresent()) {
            if (!CancellationScope.current().isCancelRequested()) {
                continueWith(next.get());
            }
            diary.unbegun(next.get(), JoinStop.CANCELLED);
            diary.awaitTold();
            next = succession.take();
        }
    }

    /** Ends this run and begins one for this request in the same moment; does not return. */
    private void continueWith(NodeRequest next) {
        Workflow.continueAsNew(
                NodeRuns.workflowType(next),
                ContinueAsNewOptions.newBuilder()
                        .setMemo(NodeRuns.memo(next, seen()))
                        .setTypedSearchAttributes(NodeRuns.attributes(next))
                        .build(),
                next);
    }

    private EarlierRequests seen() {
        return before.and(succession.seen());
    }
}
