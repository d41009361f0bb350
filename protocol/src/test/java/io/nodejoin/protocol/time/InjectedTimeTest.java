package io.nodejoin.protocol.time;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InjectedTimeTest {
    static final class ReadsClock {
        static final LongSupplier CLOCK = System::nanoTime;
    }

    static final class Parks {
        static void pause(Duration time) {
            LockSupport.parkNanos(time.toNanos());
        }
    }

    static final class Delays {
        static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);
    }

    static final class TimesOut {
        static CompletableFuture<String> bounded(CompletableFuture<String> answer) {
            return answer.orTimeout(1, TimeUnit.SECONDS);
        }
    }

    static final class Schedules {
        static ScheduledExecutorService scheduler() {
            return Executors.newSingleThreadScheduledExecutor();
        }
    }

    static final class SchedulesWithAPool {
        static ScheduledExecutorService scheduler() {
            return new ScheduledThreadPoolExecutor(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                ReadsClock.class,
                Parks.class,
                Delays.class,
                TimesOut.class,
                Schedules.class,
                SchedulesWithAPool.class
            })
    void shouldRejectAClassThatHasATimeOfItsOwn(Class<?> type) {
        // given
        var planted = new ClassFileImporter().importClasses(type);

        // when
        var result = InjectedTime.exceptIn("Wiring").evaluate(planted);

        // then
        assertThat(result.hasViolation()).isTrue();
    }

    @Test
    void shouldAllowItWhereTheProgramIsWired() {
        // given
        var planted = new ClassFileImporter().importClasses(Parks.class, InjectedTimeTest.class);

        // when
        var result = InjectedTime.exceptIn("Parks").evaluate(planted);

        // then
        assertThat(result.hasViolation()).isFalse();
    }
}
