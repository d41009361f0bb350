package io.nodejoin.workflows.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.JoinId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DedupeWindowTest {

    @Test
    void shouldParseWhatItFormats() {
        // given
        DedupeWindow none = DedupeWindow.EMPTY;
        DedupeWindow some = none.plus(List.of(id(1), id(2)));

        // then
        assertThat(DedupeWindow.parse(null)).isEqualTo(none);
        assertThat(DedupeWindow.parse(none.format())).isEqualTo(none);
        assertThat(DedupeWindow.parse(some.format())).isEqualTo(some);
    }

    @Test
    void shouldKeepEachOnceInOrderOfArrival() {
        // when
        DedupeWindow dedupeWindow =
                DedupeWindow.parse(null).plus(List.of(id(1), id(2))).plus(List.of(id(1), id(3)));

        // then
        assertThat(dedupeWindow.ids()).containsExactly(id(1), id(2), id(3));
    }

    @Test
    void shouldEvictTheOldestOfMany() {
        // when
        DedupeWindow dedupeWindow = DedupeWindow.EMPTY.plus(
                IntStream.range(0, 60).mapToObj(DedupeWindowTest::id).toList());

        // then
        assertThat(dedupeWindow.ids()).hasSize(50);
        assertThat(dedupeWindow.contains(id(9))).isFalse();
        assertThat(dedupeWindow.contains(id(10))).isTrue();
        assertThat(dedupeWindow.contains(id(59))).isTrue();
    }

    private static JoinId id(int number) {
        return JoinId.of("test", Integer.toString(number));
    }
}
