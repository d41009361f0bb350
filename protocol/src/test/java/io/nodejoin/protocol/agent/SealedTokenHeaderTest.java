package io.nodejoin.protocol.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.discovery.TokenId;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SealedTokenHeaderTest {
    @Test
    void shouldPutEachComponentIntoTheJweHeader() {
        // given
        SealedTokenHeader seal = new SealedTokenHeader(
                new JoinId("6f1d0a3c9b2e4f5867a1b0c2d3e4f506"),
                2,
                new TokenId("abcdef"),
                "7c1f1c51-6a2f-4a43-8a53-4f3c6a2d9e11",
                Instant.parse("2026-11-25T10:10:00Z"));

        // when
        Map<String, String> headers = seal.parameters();

        // then
        assertThat(headers)
                .containsOnly(
                        Map.entry("nj_join", "6f1d0a3c9b2e4f5867a1b0c2d3e4f506"),
                        Map.entry("nj_attempt", "2"),
                        Map.entry("nj_token", "abcdef"),
                        Map.entry("nj_cluster", "7c1f1c51-6a2f-4a43-8a53-4f3c6a2d9e11"),
                        Map.entry("nj_expires", "2026-11-25T10:10:00Z"));
        assertThat(headers).hasSize(SealedTokenHeader.class.getRecordComponents().length);
    }
}
