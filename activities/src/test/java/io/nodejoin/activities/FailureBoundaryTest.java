package io.nodejoin.activities;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.ResourceNotFoundException;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureBoundaryTest {

    static Stream<Arguments> mappings() {
        return Stream.of(
                Arguments.of(answer(400), FailureType.INVALID_REQUEST, ErrorCode.INTERNAL),
                Arguments.of(answer(422), FailureType.INVALID_REQUEST, ErrorCode.INTERNAL),
                Arguments.of(answer(401), FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED),
                Arguments.of(answer(403), FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED),
                Arguments.of(answer(404), FailureType.FAILED_PRECONDITION, ErrorCode.CLUSTER_NOT_PREPARED),
                Arguments.of(answer(409), FailureType.CONFLICT, ErrorCode.OBJECT_CONFLICT),
                Arguments.of(answer(429), FailureType.THROTTLED, ErrorCode.CLUSTER_THROTTLED),
                Arguments.of(answer(500), FailureType.UNAVAILABLE, ErrorCode.CLUSTER_UNAVAILABLE),
                Arguments.of(answer(503), FailureType.UNAVAILABLE, ErrorCode.CLUSTER_UNAVAILABLE),
                Arguments.of(
                        new KubernetesClientException("x", new ConnectException()),
                        FailureType.UNAVAILABLE,
                        ErrorCode.CLUSTER_UNAVAILABLE),
                Arguments.of(
                        new KubernetesClientException("x", untrusted()),
                        FailureType.FORBIDDEN,
                        ErrorCode.CA_PIN_MISMATCH),
                Arguments.of(
                        new ResourceNotFoundException(
                                "x", new KubernetesClientException("x", new IOException("request timed out"))),
                        FailureType.UNAVAILABLE,
                        ErrorCode.CLUSTER_UNAVAILABLE),
                Arguments.of(
                        new CompletionException(new NotLeaderOrFollowerException()),
                        FailureType.UNAVAILABLE,
                        ErrorCode.BROKER_UNAVAILABLE),
                Arguments.of(
                        new CompletionException(new TopicAuthorizationException("t")),
                        FailureType.FORBIDDEN,
                        ErrorCode.BROKER_AUTH_FAILED),
                Arguments.of(
                        new UncheckedIOException(new IOException()),
                        FailureType.UNAVAILABLE,
                        ErrorCode.CLUSTER_UNAVAILABLE),
                Arguments.of(new IllegalArgumentException("bad"), FailureType.INVALID_REQUEST, ErrorCode.INTERNAL),
                Arguments.of(new IllegalStateException("odd"), FailureType.INTERNAL, ErrorCode.INTERNAL),
                Arguments.of(new ClassCastException(), FailureType.INTERNAL, ErrorCode.INTERNAL));
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void shouldGiveEachExceptionItsTypeAndCode(Throwable thrown, FailureType type, ErrorCode code) {
        // when
        TemporalFailure failure = FailureBoundary.failureOf(thrown);

        // then
        assertThat(Failures.typeOf(failure)).contains(type);
        assertThat(failure.getMessage()).contains("'" + code + ": ");
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void shouldCarryNeitherTheCauseNorItsClassAsType(Throwable thrown, FailureType type, ErrorCode code) {
        // when
        TemporalFailure failure = FailureBoundary.failureOf(thrown);

        // then
        assertThat(failure.getCause()).isNull();
        assertThat(failure)
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        known -> assertThat(known.isNonRetryable()).isEqualTo(!type.retryable()));
    }

    @Test
    void shouldKeepAFailureThatAnActivityMade() {
        // given
        ApplicationFailure own = Failures.of(FailureType.CONFLICT, new Problem(ErrorCode.TOKEN_LOST, "gone"));

        // when
        TemporalFailure failure = FailureBoundary.failureOf(own);

        // then
        assertThat(failure).isSameAs(own);
    }

    @Test
    void shouldWaitAsLongAsTheServerAsks() {
        // given
        Status status = new StatusBuilder()
                .withNewDetails()
                .withRetryAfterSeconds(7)
                .endDetails()
                .build();

        // when
        TemporalFailure failure = FailureBoundary.failureOf(new KubernetesClientException("slow down", 429, status));

        // then
        assertThat(failure)
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        throttled -> assertThat(throttled.getNextRetryDelay()).isEqualTo(Duration.ofSeconds(7)));
    }

    @Test
    void shouldNotRepeatAValueThatTheServerRefuses() {
        // given
        Status status = new StatusBuilder()
                .withMessage("Invalid value: \"abc123.0123456789abcdef\"")
                .withNewDetails()
                .addNewCause()
                .withField("data.token-secret")
                .withMessage("Invalid value: \"0123456789abcdef\"")
                .endCause()
                .endDetails()
                .build();

        // when
        TemporalFailure failure = FailureBoundary.failureOf(new KubernetesClientException("x", 422, status));

        // then
        assertThat(failure.getMessage()).contains("data.token-secret").doesNotContain("0123456789abcdef");
    }

    @Test
    void shouldRedactWhatLooksLikeAToken() {
        // when
        TemporalFailure failure =
                FailureBoundary.failureOf(new IllegalArgumentException("no abc123.0123456789abcdef here"));

        // then
        assertThat(failure.getMessage()).contains("abc123.<redacted>").doesNotContain("0123456789abcdef");
    }

    private static KubernetesClientException answer(int code) {
        return new KubernetesClientException(
                "x", code, new StatusBuilder().withMessage("text").build());
    }

    private static SSLHandshakeException untrusted() {
        SSLHandshakeException handshake = new SSLHandshakeException("x");
        handshake.initCause(new CertificateException("no path"));
        return handshake;
    }
}
