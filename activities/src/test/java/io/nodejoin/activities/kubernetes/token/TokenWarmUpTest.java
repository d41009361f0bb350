package io.nodejoin.activities.kubernetes.token;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenWarmUpTest {
    private static final int PARTS_OF_A_COMPACT_JWE = 5;

    @Test
    void shouldSealAToken() throws Exception {
        // when
        String sealed = TokenWarmUp.run();

        // then
        assertThat(sealed.split("\\.", -1)).hasSize(PARTS_OF_A_COMPACT_JWE);
    }
}
