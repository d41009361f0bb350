package io.nodejoin.protocol.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void shouldSetARetryTimeForEachRetryableCode(ErrorCode code) {
        assertThat(RetryAfter.forReason(code, join(1)) != null).isEqualTo(code.retryableByNewRequest());
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"HOST_PREFLIGHT_FAILED", "KUBELET_NOT_STARTED", "AGENT_UNREACHABLE", "NODE_NAME_IN_USE"})
    void shouldSetNoRetryTimeForNonRetryableCodes(ErrorCode code) {
        assertThat(RetryAfter.forReason(code, join(1))).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {
                "TOKEN_QUOTA_EXCEEDED",
                "JOIN_DEADLINE_EXCEEDED",
                "STEP_TIMED_OUT",
                "CLUSTER_UNAVAILABLE",
                "OBJECT_CONFLICT",
                "CERTIFICATE_NOT_ISSUED",
                "DRAIN_BLOCKED",
                "TERMINATED"
            })
    void shouldSpreadRetriesOfRequestsThatFailedTogether(ErrorCode code) {
        // when
        List<Duration> times = IntStream.range(0, 1_000)
                .mapToObj(number -> RetryAfter.forReason(code, join(number)))
                .distinct()
                .toList();

        // then
        assertThat(times)
                .hasSizeGreaterThan(50)
                .allSatisfy(time -> assertThat(time).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2)));
        assertThat(RetryAfter.forReason(code, join(7))).isEqualTo(RetryAfter.forReason(code, join(7)));
    }

    @ParameterizedTest
    @CsvSource({"PT0S, PT0S", "PT-5S, PT0S", "PT0.001S, PT1S", "PT3S, PT3S", "PT3H0.5S, PT3H1S"})
    void shouldReturnTheTimeUntilARetryCanSucceed(Duration left, Duration expected) {
        assertThat(RetryAfter.until(NOW.plus(left), NOW)).isEqualTo(expected);
    }

    private static JoinId join(int number) {
        return JoinId.of("//fleet", Integer.toString(number));
    }
}
