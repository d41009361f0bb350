package io.nodejoin.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PhaseTest {
    @Test
    void shouldHaveFiveTerminalPhases() {
        assertThat(Arrays.stream(Phase.values()).filter(Phase::terminal))
                .containsExactly(Phase.Joined, Phase.Failed, Phase.Cancelled, Phase.Rejected, Phase.Left);
    }
}
