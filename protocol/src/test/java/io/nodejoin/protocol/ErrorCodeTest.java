package io.nodejoin.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorCodeTest {
    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void shouldDescribeEveryErrorCodeItsCheckAndItsRemedy(ErrorCode code) {
        assertThat(code.meaning()).isNotBlank().doesNotEndWith(".");
        assertThat(code.check()).isNotBlank().doesNotEndWith(".");
        assertThat(code.remedy()).isNotBlank().doesNotEndWith(".");
        assertThat(code.name()).matches("[A-Z][A-Z0-9_]*").hasSizeLessThanOrEqualTo(63);
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void shouldClassifyEveryErrorCode(ErrorCode code) {
        assertThat(code.reasonClass()).isNotNull();
    }

    @ParameterizedTest
    @EnumSource(ReasonClass.class)
    void shouldUseEveryReasonClass(ReasonClass reasonClass) {
        assertThat(ErrorCode.values()).anyMatch(code -> code.reasonClass() == reasonClass);
    }

    @Test
    void shouldSetARetryTimeOnlyForRetryableCodes() {
        assertThat(ErrorCode.EVENT_EXPIRED.retryableByNewRequest()).isTrue();
        assertThat(ErrorCode.KUBELET_NOT_STARTED.retryableByNewRequest()).isTrue();
        assertThat(ErrorCode.INVALID_NODE_NAME.retryableByNewRequest()).isFalse();
        assertThat(ErrorCode.CA_PIN_MISMATCH.retryableByNewRequest()).isFalse();
        assertThat(ErrorCode.CLUSTER_INFO_SIGNATURE_INVALID.retryableByNewRequest())
                .isFalse();
    }

    @Test
    void shouldFormatAProblemOnOneLineWithItsRemedy() {
        // given
        Problem problem = new Problem(ErrorCode.HOST_CLOCK_SKEW, "the clock of worker-7 is 90 s behind");

        // when
        String text = problem.toLine();

        // then
        assertThat(text)
                .isEqualTo("HOST_CLOCK_SKEW: the clock of worker-7 is 90 s behind. To do: fix time sync")
                .doesNotContain("\n");
    }
}
