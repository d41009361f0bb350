package io.nodejoin.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.client.ActivityNotExistsException;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.Header;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeartbeatingActivityTest {
    private static final Duration WINDOW = Duration.ofSeconds(6);

    private final ManualScheduler time = new ManualScheduler();
    private final List<Object> said = new ArrayList<>();
    private boolean wanted = true;
    private final HeartbeatingActivity activity = new HeartbeatingActivity(context(), time::nanoTime);

    @Test
    void shouldSayAgainWhatItSaidLast() {
        // given
        activity.heartbeat("first");
        activity.heartbeat("second");

        // when
        activity.repeatHeartbeat();

        // then
        assertThat(said).containsExactly("first", "second", "second");
    }

    @Test
    void shouldActForAsLongAsItsProcessIsHeard() {
        // given
        for (int beat = 1; beat <= 5; beat++) {
            time.advance(Duration.ofSeconds(5));
            activity.repeatHeartbeat();
        }

        // when
        time.advance(Duration.ofSeconds(5));
        activity.heartbeat("effect");

        // then
        assertThat(said).endsWith("effect");
    }

    @Test
    void shouldNotActOnceItWasSilentForItsWindow() {
        // given
        time.advance(WINDOW.plusMillis(1));

        // when
        Throwable thrown = catchThrowable(() -> activity.heartbeat("effect"));

        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.UNAVAILABLE);
        assertThat(said).isEmpty();
    }

    @Test
    void shouldNotActAgainOnceItsStoppedProcessGoesOn() {
        // given
        time.advance(WINDOW.plusMillis(1));
        activity.repeatHeartbeat();

        // when
        Throwable thrown = catchThrowable(() -> activity.heartbeat("effect"));

        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.UNAVAILABLE);
        assertThat(said).isEmpty();
    }

    @Test
    void shouldLeaveItToTheActivityToHearThatNobodyWaitsForIt() {
        // given
        wanted = false;

        // then
        assertThatCode(activity::repeatHeartbeat).doesNotThrowAnyException();
        assertThat(catchThrowable(() -> activity.heartbeat("effect"))).isInstanceOf(ActivityNotExistsException.class);
    }

    @Test
    void shouldBeHeardUntilItHasEndedThoughItIsToEnd() {
        // given
        wanted = false;
        for (int beat = 1; beat <= 5; beat++) {
            time.advance(Duration.ofSeconds(5));
            activity.repeatHeartbeat();
        }

        // when
        Throwable thrown = catchThrowable(() -> activity.heartbeat("effect"));

        // then
        assertThat(thrown).isInstanceOf(ActivityNotExistsException.class);
    }

    @Test
    void shouldBeHeardWhileItRunsAndNoLonger() {
        // given
        ActivityInboundCallsInterceptor intercepted =
                new HeartbeatInterceptor(time, time::nanoTime).interceptActivity(new LongCall());
        intercepted.init(context());
        intercepted.execute(new ActivityInboundCallsInterceptor.ActivityInput(Header.empty(), new Object[0]));

        // when
        time.advance(WINDOW);

        // then
        assertThat(said).containsExactly("begun", "begun", "begun", "begun");
    }

    /** Takes as long as an activity may be silent. */
    private final class LongCall implements ActivityInboundCallsInterceptor {
        private ActivityExecutionContext running = context();

        @Override
        public void init(ActivityExecutionContext context) {
            running = context;
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
            running.heartbeat("begun");
            time.advance(WINDOW);
            return new ActivityOutput(null);
        }
    }

    private ActivityExecutionContext context() {
        ActivityInfo info =
                answering(ActivityInfo.class, Map.of("getHeartbeatTimeout", WINDOW, "getActivityType", "Token_Issue"));
        return answering(ActivityExecutionContext.class, Map.of("getInfo", info));
    }

    private <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
                    if (method.getName().equals("heartbeat")) {
                        if (!wanted) {
                            throw new ActivityNotExistsException(new IllegalStateException("gone"));
                        }
                        said.addAll(Arrays.asList(arguments));
                    }
                    return answers.get(method.getName());
                }));
    }
}
