package io.nodejoin.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ActivityFenceTest {
    private static final Instant STARTED = Instant.parse("2020-01-01T00:00:00Z");

    private final AtomicLong nanos = new AtomicLong();
    private final List<Object> heartbeats = new ArrayList<>();
    private Duration heartbeatTakes = Duration.ZERO;
    private final ActivityFence fence = new ActivityFence(context(), nanos::get);

    @Test
    void shouldActWithinItsTime() {
        // given
        nanos.set(Duration.ofSeconds(9).toNanos());

        // when
        fence.beforeEffect("effect");

        // then
        assertThat(heartbeats).containsExactly("effect");
    }

    @Test
    void shouldNotActOnceItsTimeIsOverHoweverOftenItWasHeard() {
        // given
        for (int second = 5; second <= 55; second += 5) {
            nanos.set(Duration.ofSeconds(second).toNanos());
            fence.heartbeatIfDue("waiting");
        }
        nanos.set(Duration.ofSeconds(61).toNanos());

        // when
        Throwable thrown = catchThrowable(() -> fence.beforeEffect("effect"));

        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.UNAVAILABLE);
        assertThat(heartbeats).doesNotContain("effect");
    }

    @Test
    void shouldNotActIfItsTimeEndsWhileItIsHeard() {
        // given a Temporal that answers the heartbeat late
        heartbeatTakes = Duration.ofSeconds(61);

        // when
        Throwable thrown = catchThrowable(() -> fence.beforeEffect("effect"));

        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.UNAVAILABLE);
    }

    @Test
    void shouldSendNoHeartbeatWhileItWaitsForLessThanAThirdOfItsHeartbeatTimeout() {
        // when
        for (int second = 1; second <= 11; second++) {
            nanos.set(Duration.ofSeconds(second).toNanos());
            fence.heartbeatIfDue("waiting for " + second + " s");
        }

        // then
        assertThat(heartbeats).containsExactly("waiting for 5 s", "waiting for 10 s");
    }

    @Test
    void shouldBeHeardWithoutADetailWhereDetailsAreOfAnotherKind() {
        // when
        fence.requireNotCancelled();

        // then
        assertThat(heartbeats).containsOnlyNulls().hasSize(1);
    }

    @Test
    void shouldNotBeWantedOnceItsTimeEndsWhileItIsHeard() {
        // given a Temporal that answers the heartbeat late
        heartbeatTakes = Duration.ofSeconds(61);

        // when
        Throwable thrown = catchThrowable(fence::requireNotCancelled);

        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.UNAVAILABLE);
    }

    @Test
    void shouldMeasureADeadlineByTheClockOfTemporalThatSetIt() {
        // given a process that has another time than Temporal
        nanos.set(Duration.ofSeconds(20).toNanos());

        // when
        Duration left = fence.timeUntil(STARTED.plusSeconds(60));

        // then
        assertThat(left).isEqualTo(Duration.ofSeconds(40));
    }

    private ActivityExecutionContext context() {
        ActivityInfo info = answering(
                ActivityInfo.class,
                Map.of(
                        "getStartedTimestamp", STARTED.toEpochMilli(),
                        "getStartToCloseTimeout", Duration.ofMinutes(1),
                        "getHeartbeatTimeout", Duration.ofSeconds(15),
                        "getActivityType", "Token_Issue"));
        return answering(ActivityExecutionContext.class, Map.of("getInfo", info));
    }

    private <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
                    if (method.getName().equals("heartbeat")) {
                        nanos.addAndGet(heartbeatTakes.toNanos());
                        heartbeats.add(arguments[0]);
                    }
                    return answers.get(method.getName());
                }));
    }
}
