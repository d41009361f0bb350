package io.nodejoin.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RedactorTest {
    @Test
    void shouldHideSecretHalfOfTokenAndKeepItsId() {
        // when
        String text = Redactor.redact("user=abcdef.0123456789abcdef, Authorization: Bearer eyJx.y");

        // then
        assertThat(text).isEqualTo("user=abcdef.<redacted>, Authorization: Bearer <redacted>");
    }

    @Test
    void shouldLeaveOrdinaryTextAlone() {
        // when
        String text = Redactor.redact("kubelet.service failed at 10.77.0.1:6443, io.nodejoin.agent");

        // then
        assertThat(text).isEqualTo("kubelet.service failed at 10.77.0.1:6443, io.nodejoin.agent");
    }
}
