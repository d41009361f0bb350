package io.nodejoin.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AgentNotificationTest {
    private static final AgentSession.Connection SESSION = new AgentSession.Connection(new UUID(0, 1), 1, 0);

    private final AgentNotification notification = new AgentNotification();
    private final List<String> told = new ArrayList<>();

    @Test
    void shouldHaveOneTellerAtATime() {
        assertThat(notification.tryStart()).isTrue();
        assertThat(notification.tryStart()).isFalse();
    }

    @Test
    void shouldLetTheTellerTellOnceMoreForAnyNumberOfNews() {
        // given
        notification.tryStart();
        // when
        notification.tryStart();
        notification.tryStart();
        // then
        assertThat(notification.tryFinish()).isFalse();
        assertThat(notification.tryFinish()).isTrue();
    }

    @Test
    void shouldHaveNewTellerOnceTheFirstHasEnded() {
        // given
        notification.tryStart();
        // when
        notification.tryFinish();
        // then
        assertThat(notification.tryStart()).isTrue();
    }

    @Test
    void shouldNotTellTheSameTwice() {
        // given
        notification.reportOnce(SESSION, "run", () -> told.add("first"));
        // when
        notification.reportOnce(SESSION, "run", () -> told.add("second"));
        // then
        assertThat(told).containsExactly("first");
    }

    @Test
    void shouldTellAgainWhenNobodyHeard() {
        // given
        notification.reportOnce(SESSION, "run", () -> false);
        // when
        notification.reportOnce(SESSION, "run", () -> told.add("second"));
        // then
        assertThat(told).containsExactly("second");
    }
}
