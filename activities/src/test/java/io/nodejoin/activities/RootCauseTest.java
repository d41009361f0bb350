package io.nodejoin.activities;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;

class RootCauseTest {
    @Test
    void shouldSayWhatBeganIt() {
        Throwable failed = new IllegalStateException("failed", new IOException("io", new ConnectException("refused")));

        assertThat(RootCause.message(failed)).isEqualTo("refused");
    }

    @Test
    void shouldNameTheClassOfOneWithoutMessage() {
        Throwable failed = new IllegalStateException("failed", new ConnectException());

        assertThat(RootCause.message(failed)).isEqualTo("ConnectException");
    }
}
