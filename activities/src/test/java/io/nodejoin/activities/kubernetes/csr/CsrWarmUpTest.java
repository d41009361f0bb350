package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CsrWarmUpTest {
    @Test
    void shouldReadTheRequestAsAKubelets() throws Exception {
        // when
        boolean sound = CsrWarmUp.run();

        // then
        assertThat(sound).isTrue();
    }
}
