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

class ShutdownInterruptTest {
    @Test
    void shouldInterruptTheWorkerAndWaitUntilItHasCleanedUp() throws Exception {
        // given
        List<String> order = new ArrayList<>();
        ShutdownInterrupt shutdown = new ShutdownInterrupt(Thread.currentThread(), () -> order.add("announced"));
        Thread signal = Thread.ofPlatform().start(() -> {
            shutdown.onShutdown();
            order.add("program ends");
        });

        // when
        boolean interrupted = waitsUntilInterrupted();
        shutdown.cleanUp(() -> order.add("worker has cleaned up"));
        shutdown.close();
        signal.join();

        // then
        assertThat(interrupted).isTrue();
        assertThat(shutdown.isRequested()).isTrue();
        assertThat(order).containsExactly("announced", "worker has cleaned up", "program ends");
    }

    @Test
    void shouldLeaveAWorkerAloneThatCleansUp() throws Exception {
        // given
        CountDownLatch announced = new CountDownLatch(1);
        ShutdownInterrupt shutdown = new ShutdownInterrupt(Thread.currentThread(), announced::countDown);
        AtomicReference<Thread> signal = new AtomicReference<>();

        // when
        shutdown.cleanUp(() -> signal.set(Thread.ofPlatform().start(shutdown::onShutdown)));
        announced.await();
        shutdown.close();
        Objects.requireNonNull(signal.get()).join();

        // then
        assertThat(Thread.interrupted()).isFalse();
        assertThat(shutdown.isRequested()).isTrue();
    }

    @Test
    void shouldClearAnInterruptThatCameBeforeTheCleaning() {
        // given
        ShutdownInterrupt shutdown = new ShutdownInterrupt(Thread.currentThread(), () -> {});
        Thread.currentThread().interrupt();

        // when
        AtomicBoolean interrupted = new AtomicBoolean(true);
        shutdown.cleanUp(() -> interrupted.set(Thread.currentThread().isInterrupted()));

        // then
        assertThat(interrupted).isFalse();
    }

    @Test
    void shouldCleanAgainWhenACommandOfItWasEnded() {
        // given
        ShutdownInterrupt shutdown = new ShutdownInterrupt(Thread.currentThread(), () -> {});
        AtomicInteger tries = new AtomicInteger();

        // when
        shutdown.cleanUp(() -> {
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
        ShutdownInterrupt shutdown = new ShutdownInterrupt(Thread.currentThread(), () -> {});

        // when, then
        assertThatThrownBy(() -> shutdown.cleanUp(() -> {
                    throw new IllegalStateException("still mounted");
                }))
                .hasMessage("still mounted");
    }

    @Test
    void shouldSayNothingWhenTheProgramEndsByItself() {
        // given
        AtomicBoolean announced = new AtomicBoolean();
        ShutdownInterrupt shutdown = new ShutdownInterrupt(Thread.currentThread(), () -> announced.set(true));
        shutdown.close();

        // when
        shutdown.onShutdown();

        // then
        assertThat(announced).isFalse();
        assertThat(shutdown.isRequested()).isFalse();
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
