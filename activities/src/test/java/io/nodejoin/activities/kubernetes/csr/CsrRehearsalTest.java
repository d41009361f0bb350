package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CsrRehearsalTest {
    @Test
    void shouldReadTheRequestAsAKubelets() throws Exception {
        // when
        boolean sound = CsrRehearsal.run();

        // then
        assertThat(sound).isTrue();
    }
}
