package io.nodejoin.testbed.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessTimeTest {

    @Test
    void shouldAddUserAndSystemTimeOfAProcessWithAnyName() {
        // given
        String stat = "42 (a ) b) S 1 42 42 0 -1 4194560 900 0 0 0 150 25 7 7 20 0 5 0 1000 1 1\n";

        // when
        double seconds = ProcessTime.parse(stat);

        // then
        assertThat(seconds).isEqualTo(1.75);
    }
}
