package io.nodejoin.activities.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AnnouncementTest {
    private static final NodeMailbox.Session SESSION = new NodeMailbox.Session(new UUID(0, 1), 1);

    private final Announcement announcement = new Announcement();
    private final AtomicInteger told = new AtomicInteger();

    @Test
    void shouldLetSecondTellerWaitUntilTheFirstHasTold() throws Exception {
        // given
        Thread second = new Thread(() -> tell(() -> {}));
        // when
        tell(() -> {
            second.start();
            await().until(() -> second.getState() == Thread.State.BLOCKED || !second.isAlive());
        });
        second.join();
        // then
        assertThat(told).hasValue(1);
    }

    @Test
    void shouldTellAgainWhenNobodyHeard() {
        // given
        announcement.tellOnce(SESSION, "run", () -> false);
        // when
        tell(() -> {});
        // then
        assertThat(told).hasValue(1);
    }

    private void tell(Runnable meanwhile) {
        announcement.tellOnce(SESSION, "run", () -> {
            told.incrementAndGet();
            meanwhile.run();
            return true;
        });
    }
}
