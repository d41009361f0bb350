package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SingleFlightTest {
    private static final int CALLERS = 8;

    private final SingleFlight<String, Integer> flight = new SingleFlight<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch landed = new CountDownLatch(1);

    @Test
    void shouldMakeOneCallForAllWhoAskMeanwhile() throws Exception {
        // given
        FutureTask<Integer> first = ask("west", this::callThatLasts);
        await().until(() -> calls.get() == 1);
        List<FutureTask<Integer>> others = othersThatWait();

        // when
        landed.countDown();

        // then
        assertThat(first.get()).isEqualTo(1);
        assertThat(others).allSatisfy(other -> assertThat(other.get()).isEqualTo(1));
        assertThat(calls).hasValue(1);
    }

    @Test
    void shouldRememberNoResult() {
        // given
        flight.get("west", calls::incrementAndGet);

        // when
        int second = flight.get("west", calls::incrementAndGet);

        // then
        assertThat(second).isEqualTo(2);
    }

    @Test
    void shouldMakeACallForEachKey() {
        // given
        FutureTask<Integer> first = ask("west", this::callThatLasts);
        await().until(() -> calls.get() == 1);

        // when
        int other = flight.get("east", calls::incrementAndGet);

        // then
        assertThat(other).isEqualTo(2);
        landed.countDown();
        await().until(first::isDone);
    }

    @Test
    void shouldFailForAllWhoAskMeanwhileAndForNobodyAfter() {
        // given
        FutureTask<Integer> first = ask("west", () -> {
            callThatLasts();
            throw new IllegalStateException("no answer");
        });
        await().until(() -> calls.get() == 1);
        List<FutureTask<Integer>> others = othersThatWait();

        // when
        landed.countDown();

        // then
        Stream.concat(Stream.of(first), others.stream()).forEach(SingleFlightTest::assertFailed);
        assertThat(flight.get("west", () -> 7)).isEqualTo(7);
    }

    private static void assertFailed(Future<Integer> asked) {
        assertThatThrownBy(asked::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no answer");
    }

    private int callThatLasts() {
        int call = calls.incrementAndGet();
        try {
            landed.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return call;
    }

    private List<FutureTask<Integer>> othersThatWait() {
        List<Asking> asking = Stream.generate(() -> Asking.of(() -> flight.get("west", calls::incrementAndGet)))
                .limit(CALLERS)
                .toList();
        await().until(() -> asking.stream().allMatch(Asking::waits));
        return asking.stream().map(Asking::result).toList();
    }

    private FutureTask<Integer> ask(String key, Supplier<Integer> call) {
        return Asking.of(() -> flight.get(key, call)).result();
    }

    private record Asking(Thread thread, FutureTask<Integer> result) {
        static Asking of(Supplier<Integer> question) {
            FutureTask<Integer> result = new FutureTask<>(question::get);
            return new Asking(Thread.ofPlatform().start(result), result);
        }

        boolean waits() {
            return thread.getState() == Thread.State.WAITING;
        }
    }
}
