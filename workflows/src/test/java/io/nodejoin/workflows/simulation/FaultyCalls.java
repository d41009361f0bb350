package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.failure.TemporalFailure;
import java.time.Duration;
import java.util.function.Supplier;

/** Calls of one activity execution to the API server or the broker. The effect may fail, or its response be lost. */
final class FaultyCalls {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    /** The longest time that an API server processes a request. */
    private static final Duration LATENESS = Duration.ofSeconds(50);

    private final World world;
    private final ActivityAttempt execution;

    FaultyCalls(World world, ActivityAttempt execution) {
        this.world = world;
        this.execution = execution;
    }

    /** A sent request arrives, even if the process is paused meanwhile. */
    <T> T call(String what, Supplier<T> effect) {
        execution.fiber().sleep(world.faults.apiLatency());
        return finish(what, ErrorCode.CLUSTER_UNAVAILABLE, world.faults.apiCall(), effect);
    }

    void callVoid(String what, Runnable effect) {
        call(what, () -> {
            effect.run();
            return true;
        });
    }

    /** As the calls to the API server, for the broker. */
    void produce(String what, Runnable effect) {
        execution.fiber().sleep(world.random.nextMillis(1, 10));
        finish(what, ErrorCode.BROKER_UNAVAILABLE, world.faults.brokerCall(), () -> {
            effect.run();
            return true;
        });
    }

    /** Applies the effect only while the execution may still act. */
    <T> T effect(String what, Supplier<T> effect) {
        execution.beforeEffect();
        return call(what, effect);
    }

    private <T> T finish(String what, ErrorCode unreachable, FaultSchedule.CallOutcome call, Supplier<T> effect) {
        return switch (call) {
            case OK -> {
                T answer = apply(effect);
                world.trace.add("api", execution.actor() + ": " + what);
                execution.sleep(world.random.nextMillis(1, 10));
                yield answer;
            }
            case UNREACHABLE -> {
                execution.sleep(CONNECT);
                throw unavailable(unreachable, what + " was not reached");
            }
            case REFUSED -> throw unavailable(unreachable, what + " was refused with 503");
            case LATE -> {
                world.timeline.scheduleAfter(
                        ANSWER.plus(world.random.nextDuration(Duration.ZERO, LATENESS)), () -> runLate(what, effect));
                execution.sleep(ANSWER);
                throw unavailable(unreachable, what + " gave no answer yet");
            }
            case ANSWER_LOST -> {
                T lost = apply(effect);
                world.trace.add("api", execution.actor() + ": " + what + " loses its answer " + lost);
                execution.sleep(ANSWER);
                throw unavailable(unreachable, what + " gave no answer");
            }
        };
    }

    private void runLate(String what, Supplier<?> effect) {
        try {
            world.check.runLate(() -> apply(effect));
            world.trace.add("api", execution.actor() + ": " + what + " happens late");
        } catch (TemporalFailure refused) {
            world.trace.add("api", execution.actor() + ": " + what + " is refused late");
        }
    }

    private <T> T apply(Supplier<T> effect) {
        T answer = effect.get();
        world.check.checkLedger();
        return answer;
    }

    private static RuntimeException unavailable(ErrorCode code, String detail) {
        return Failures.of(FailureType.UNAVAILABLE, new Problem(code, detail));
    }
}
