package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.JoinId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EarlierRequestsTest {

    @Test
    void shouldReadWhatItWrites() {
        // given
        EarlierRequests none = EarlierRequests.NONE;
        EarlierRequests some = none.and(List.of(id(1), id(2)));

        // then
        assertThat(EarlierRequests.of(null)).isEqualTo(none);
        assertThat(EarlierRequests.of(none.text())).isEqualTo(none);
        assertThat(EarlierRequests.of(some.text())).isEqualTo(some);
    }

    @Test
    void shouldKeepEachOnceInTheOrderInWhichTheyCame() {
        // when
        EarlierRequests earlier =
                EarlierRequests.of(null).and(List.of(id(1), id(2))).and(List.of(id(1), id(3)));

        // then
        assertThat(earlier.ids()).containsExactly(id(1), id(2), id(3));
    }

    @Test
    void shouldForgetTheOldestOfMany() {
        // when
        EarlierRequests earlier = EarlierRequests.NONE.and(
                IntStream.range(0, 60).mapToObj(EarlierRequestsTest::id).toList());

        // then
        assertThat(earlier.ids()).hasSize(50);
        assertThat(earlier.contains(id(9))).isFalse();
        assertThat(earlier.contains(id(10))).isTrue();
        assertThat(earlier.contains(id(59))).isTrue();
    }

    private static JoinId id(int number) {
        return JoinId.of("test", Integer.toString(number));
    }
}
