package io.nodejoin.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RedactionTest {
    @Test
    void shouldHideSecretHalfOfTokenAndKeepItsId() {
        // when
        String text = Redaction.redact("user=abcdef.0123456789abcdef, Authorization: Bearer eyJx.y");

        // then
        assertThat(text).isEqualTo("user=abcdef.<redacted>, Authorization: Bearer <redacted>");
    }

    @Test
    void shouldNotChangeOrdinaryText() {
        // when
        String text = Redaction.redact("kubelet.service failed at 10.77.0.1:6443, io.nodejoin.agent");

        // then
        assertThat(text).isEqualTo("kubelet.service failed at 10.77.0.1:6443, io.nodejoin.agent");
    }

    @Test
    void shouldExcerptOneRedactedLineOfLimitedLength() {
        // when
        String text = Redaction.excerpt("token abcdef.0123456789abcdef\n  is unknown " + "x".repeat(400));

        // then
        assertThat(text)
                .startsWith("token abcdef.<redacted> is unknown xxx")
                .endsWith("xxx...")
                .hasSize(403);
    }
}
