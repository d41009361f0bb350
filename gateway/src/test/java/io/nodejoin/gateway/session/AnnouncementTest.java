package io.nodejoin.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AnnouncementTest {
    private static final NodeMailbox.Session SESSION = new NodeMailbox.Session(new UUID(0, 1), 1);

    private final Announcement announcement = new Announcement();
    private final List<String> told = new ArrayList<>();

    @Test
    void shouldHaveOneTellerAtATime() {
        assertThat(announcement.begin()).isTrue();
        assertThat(announcement.begin()).isFalse();
    }

    @Test
    void shouldLetTheTellerTellOnceMoreForAnyNumberOfNews() {
        // given
        announcement.begin();
        // when
        announcement.begin();
        announcement.begin();
        // then
        assertThat(announcement.end()).isFalse();
        assertThat(announcement.end()).isTrue();
    }

    @Test
    void shouldHaveNewTellerOnceTheFirstHasEnded() {
        // given
        announcement.begin();
        // when
        announcement.end();
        // then
        assertThat(announcement.begin()).isTrue();
    }

    @Test
    void shouldNotTellTheSameTwice() {
        // given
        announcement.tellOnce(SESSION, "run", () -> told.add("first"));
        // when
        announcement.tellOnce(SESSION, "run", () -> told.add("second"));
        // then
        assertThat(told).containsExactly("first");
    }

    @Test
    void shouldTellAgainWhenNobodyHeard() {
        // given
        announcement.tellOnce(SESSION, "run", () -> false);
        // when
        announcement.tellOnce(SESSION, "run", () -> told.add("second"));
        // then
        assertThat(told).containsExactly("second");
    }
}
