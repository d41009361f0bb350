package io.nodejoin.testbed.containers;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TemporalContainerTest {
    @Test
    void shouldRefuseAnImageOfSomethingElse() {
        assertThatThrownBy(() -> new TemporalContainer("apache/kafka:4.1.0"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("temporalio/temporal");
    }
}
