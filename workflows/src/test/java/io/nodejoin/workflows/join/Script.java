package io.nodejoin.workflows.join;

import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** What the fakes were asked, in order, and how they shall answer where a test does not want the honest answer. */
final class Script {
    private final List<String> calls = new ArrayList<>();
    private final Map<String, Deque<Function<Supplier<?>, ?>>> turns = new ConcurrentHashMap<>();
    private final Map<String, Function<Supplier<?>, ?>> rules = new ConcurrentHashMap<>();
    private final List<BooleanSupplier> waits = new CopyOnWriteArrayList<>();
    private volatile Runnable rest = () -> {};

    /** What a scripted turn does first. */
    void restBy(Runnable quiet) {
        rest = quiet;
    }

    /** Waits for what another activity brings about; a scripted turn does not wait for that in turn. */
    void waitUntil(BooleanSupplier end) {
        waitFor(end, () -> await().atMost(Duration.ofSeconds(30)).until(end::getAsBoolean));
    }

    private void waitFor(BooleanSupplier end, Runnable wait) {
        waits.add(end);
        try {
            wait.run();
        } finally {
            waits.remove(end);
        }
    }

    /** One after the other: a turn that was taken has to be over before the next one finds that all is quiet. */
    private void rest() {
        synchronized (turns) {
            rest.run();
        }
    }

    /** How many activities wait for what has not come yet. One whose wait is over is about to answer. */
    long waiting() {
        return waits.stream().filter(end -> !end.getAsBoolean()).count();
    }

    /** The next call of this activity gives this answer and has no effect. */
    <T> void answer(String activity, T value) {
        next(activity, _ -> value);
    }

    /** Every call from now on gives this answer and has no effect. */
    <T> void answerAlways(String activity, T value) {
        rules.put(activity, _ -> value);
    }

    /** The next call fails before its effect. */
    void fail(String activity, FailureType type, ErrorCode code) {
        next(activity, _ -> {
            throw failure(activity, type, code);
        });
    }

    /** The next so many calls fail before their effect. */
    void failTimes(int times, String activity, FailureType type, ErrorCode code) {
        for (int time = 0; time < times; time++) {
            fail(activity, type, code);
        }
    }

    /** The next call takes effect, and its answer is lost. */
    void loseAnswer(String activity) {
        failAfterEffect(activity, FailureType.UNAVAILABLE, ErrorCode.INTERNAL);
    }

    /** The next call takes effect and then fails. */
    void failAfterEffect(String activity, FailureType type, ErrorCode code) {
        next(activity, honest -> {
            Object lost = honest.get();
            throw Failures.of(type, new Problem(code, activity + " lost its answer " + lost));
        });
    }

    /** Every call from now on fails before its effect. */
    void failAlways(String activity, FailureType type, ErrorCode code) {
        rules.put(activity, _ -> {
            throw failure(activity, type, code);
        });
    }

    /** The next call first does this. */
    void before(String activity, Runnable action) {
        next(activity, honest -> {
            action.run();
            return honest.get();
        });
    }

    /** Takes this activity's next turn. */
    void next(String activity, Function<Supplier<?>, ?> turn) {
        turns.computeIfAbsent(activity, _ -> new ArrayDeque<>()).add(turn);
    }

    <T> T play(String activity, Class<T> type, Supplier<T> honest) {
        synchronized (this) {
            calls.add(activity);
        }
        Deque<Function<Supplier<?>, ?>> queue = turns.getOrDefault(activity, new ArrayDeque<>());
        Function<Supplier<?>, ?> turn;
        synchronized (queue) {
            turn = queue.isEmpty() ? rules.get(activity) : queue.remove();
        }
        if (turn == null) {
            return honest.get();
        }
        waitFor(() -> false, this::rest);
        return type.cast(turn.apply(honest));
    }

    void run(String activity, Runnable honest) {
        play(activity, Boolean.class, () -> {
            honest.run();
            return true;
        });
    }

    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    /** The calls without those to the events topic, which run beside all others. */
    List<String> effects() {
        return calls().stream().filter(call -> !call.startsWith("Event_")).toList();
    }

    private static RuntimeException failure(String activity, FailureType type, ErrorCode code) {
        return Failures.of(type, new Problem(code, activity + " was scripted to fail"));
    }
}
