package io.nodejoin.testbed.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class InterruptionTest {
    @Test
    void shouldInterruptTheWorkerAndWaitUntilItHasCleanedUp() throws Exception {
        // given
        List<String> order = new ArrayList<>();
        Interruption interruption = new Interruption(Thread.currentThread(), () -> order.add("announced"));
        Thread signal = Thread.ofPlatform().start(() -> {
            interruption.arrive();
            order.add("program ends");
        });

        // when
        boolean interrupted = waitsUntilInterrupted();
        interruption.clean(() -> order.add("worker has cleaned up"));
        interruption.close();
        signal.join();

        // then
        assertThat(interrupted).isTrue();
        assertThat(interruption.came()).isTrue();
        assertThat(order).containsExactly("announced", "worker has cleaned up", "program ends");
    }

    @Test
    void shouldLeaveAWorkerAloneThatCleansUp() throws Exception {
        // given
        CountDownLatch announced = new CountDownLatch(1);
        Interruption interruption = new Interruption(Thread.currentThread(), announced::countDown);
        AtomicReference<Thread> signal = new AtomicReference<>();

        // when
        interruption.clean(() -> signal.set(Thread.ofPlatform().start(interruption::arrive)));
        announced.await();
        interruption.close();
        Objects.requireNonNull(signal.get()).join();

        // then
        assertThat(Thread.interrupted()).isFalse();
        assertThat(interruption.came()).isTrue();
    }

    @Test
    void shouldClearAnInterruptThatCameBeforeTheCleaning() {
        // given
        Interruption interruption = new Interruption(Thread.currentThread(), () -> {});
        Thread.currentThread().interrupt();

        // when
        AtomicBoolean interrupted = new AtomicBoolean(true);
        interruption.clean(() -> interrupted.set(Thread.currentThread().isInterrupted()));

        // then
        assertThat(interrupted).isFalse();
    }

    @Test
    void shouldCleanAgainWhenACommandOfItWasEnded() {
        // given
        Interruption interruption = new Interruption(Thread.currentThread(), () -> {});
        AtomicInteger tries = new AtomicInteger();

        // when
        interruption.clean(() -> {
            if (tries.incrementAndGet() == 1) {
                throw new IllegalStateException("'umount' ended with exit code 130");
            }
        });

        // then
        assertThat(tries).hasValue(2);
    }

    @Test
    void shouldSayWhyItCannotCleanUp() {
        // given
        Interruption interruption = new Interruption(Thread.currentThread(), () -> {});

        // when, then
        assertThatThrownBy(() -> interruption.clean(() -> {
                    throw new IllegalStateException("still mounted");
                }))
                .hasMessage("still mounted");
    }

    @Test
    void shouldSayNothingWhenTheProgramEndsByItself() {
        // given
        AtomicBoolean announced = new AtomicBoolean();
        Interruption interruption = new Interruption(Thread.currentThread(), () -> announced.set(true));
        interruption.close();

        // when
        interruption.arrive();

        // then
        assertThat(announced).isFalse();
        assertThat(interruption.came()).isFalse();
    }

    private static boolean waitsUntilInterrupted() {
        try {
            new CountDownLatch(1).await();
            return false;
        } catch (InterruptedException _) {
            return true;
        }
    }
}
