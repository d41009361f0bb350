package io.nodejoin.workflows.scenario;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** The calls of the fakes in order, and the scripted results of a test. */
final class ActivityScript {
    private final List<String> calls = new ArrayList<>();
    private final Map<String, Deque<Function<Supplier<?>, ?>>> scriptedCalls = new HashMap<>();
    private final Map<String, Function<Supplier<?>, ?>> scriptedAlways = new HashMap<>();
    private final Runnable pause;

    /** @param pause runs before each scripted call, so that everything else progresses as far as it can */
    ActivityScript(Runnable pause) {
        this.pause = pause;
    }

    /** The next call of this activity returns this result and has no effect. */
    <T> void answer(String activity, T value) {
        scriptNext(activity, _ -> value);
    }

    /** Every call from now on returns this result and has no effect. */
    <T> void answerAlways(String activity, T value) {
        scriptedAlways.put(activity, _ -> value);
    }

    /** The next call fails before its effect. */
    void fail(String activity, FailureType type, ErrorCode code) {
        scriptNext(activity, _ -> {
            throw failure(activity, type, code);
        });
    }

    /** The next so many calls fail before their effect. */
    void failTimes(int times, String activity, FailureType type, ErrorCode code) {
        for (int time = 0; time < times; time++) {
            fail(activity, type, code);
        }
    }

    /** The next call takes effect, and its response is lost. */
    void loseAnswer(String activity) {
        failAfterEffect(activity, FailureType.UNAVAILABLE, ErrorCode.INTERNAL);
    }

    /** The next call takes effect and then fails. */
    void failAfterEffect(String activity, FailureType type, ErrorCode code) {
        scriptNext(activity, realCall -> {
            Object lost = realCall.get();
            throw Failures.of(type, new Problem(code, activity + " lost its answer " + lost));
        });
    }

    /** Every call from now on fails before its effect. */
    void failAlways(String activity, FailureType type, ErrorCode code) {
        scriptedAlways.put(activity, _ -> {
            throw failure(activity, type, code);
        });
    }

    /** The next call first runs this. */
    void before(String activity, Runnable action) {
        scriptNext(activity, realCall -> {
            action.run();
            return realCall.get();
        });
    }

    /** Runs the next call of this activity. */
    void scriptNext(String activity, Function<Supplier<?>, ?> scripted) {
        scriptedCalls.computeIfAbsent(activity, _ -> new ArrayDeque<>()).add(scripted);
    }

    <T> T call(String activity, Class<T> type, Supplier<T> realCall) {
        calls.add(activity);
        Deque<Function<Supplier<?>, ?>> queue = scriptedCalls.getOrDefault(activity, new ArrayDeque<>());
        Function<Supplier<?>, ?> scripted = queue.isEmpty() ? scriptedAlways.get(activity) : queue.remove();
        if (scripted == null) {
            return realCall.get();
        }
        pause.run();
        return type.cast(scripted.apply(realCall));
    }

    void run(String activity, Runnable realCall) {
        call(activity, Boolean.class, () -> {
            realCall.run();
            return true;
        });
    }

    List<String> calls() {
        return List.copyOf(calls);
    }

    /** Returns the calls except those to the events topic, which run concurrently with all others. */
    List<String> effects() {
        return calls.stream().filter(call -> !call.startsWith("Event_")).toList();
    }

    private static RuntimeException failure(String activity, FailureType type, ErrorCode code) {
        return Failures.of(type, new Problem(code, activity + " was scripted to fail"));
    }
}
