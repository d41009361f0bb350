package io.nodejoin.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FairSetTest {
    private final FairSet<String> set = new FairSet<>(3);

    @Test
    void shouldTakeTheOldestFromTheOwnerThatHasTheMost() {
        // given
        set.add("many", "many-1");
        set.add("few", "few-1");
        set.add("many", "many-2");

        // when, then
        assertThat(set.add("new", "new-1")).contains("many-1");
        assertThat(set.size()).isEqualTo(3);
    }

    @Test
    void shouldTakeTheOldestOfAllWhereAllHaveOne() {
        // given
        set.add("a", "a-1");
        set.add("b", "b-1");
        set.add("c", "c-1");

        // when, then
        assertThat(set.add("d", "d-1")).contains("a-1");
    }

    @Test
    void shouldGiveAllToTheOnlyOwner() {
        // given
        set.add("a", "a-1");
        set.add("a", "a-2");
        set.add("a", "a-3");

        // when, then
        assertThat(set.add("a", "a-4")).contains("a-1");
    }

    @Test
    void shouldHaveRoomAgainForWhatWasRemoved() {
        // given
        set.add("a", "a-1");
        set.add("a", "a-2");
        set.add("b", "b-1");

        // when
        set.remove("a", "a-1");
        set.remove("a", "a-1");
        set.remove("nobody", "a-2");

        // then
        assertThat(set.size()).isEqualTo(2);
        assertThat(set.add("b", "b-2")).isEmpty();
        assertThat(set.add("b", "b-2")).isEmpty();
        assertThat(set.size()).isEqualTo(3);
    }
}
