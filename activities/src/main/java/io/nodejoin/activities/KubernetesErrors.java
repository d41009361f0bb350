package io.nodejoin.activities;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Redaction;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.failure.ApplicationFailure;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Maps errors of the Kubernetes API to failures. */
final class KubernetesErrors {
    private static final int SERVER_ERRORS = 500;
    /** The pause if the server sets none. */
    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(1);

    private KubernetesErrors() {}

    static ApplicationFailure failureOf(KubernetesClientException refused) {
        return switch (refused.getCode()) {
            case 400, 405, 422 -> failure(FailureType.INVALID_REQUEST, ErrorCode.INTERNAL, invalidFields(refused));
            case 401, 403 -> failure(FailureType.FORBIDDEN, ErrorCode.CLUSTER_AUTH_FAILED, message(refused));
            case 404, 410 -> failure(FailureType.FAILED_PRECONDITION, ErrorCode.CLUSTER_NOT_PREPARED, missing(refused));
            case 409 -> failure(FailureType.CONFLICT, ErrorCode.OBJECT_CONFLICT, message(refused));
            case 429 ->
                Failures.of(
                        FailureType.THROTTLED,
                        new Problem(ErrorCode.CLUSTER_THROTTLED, "the API server requests a delay"),
                        retryAfter(refused));
            default -> noResponse(refused);
        };
    }

    private static ApplicationFailure noResponse(KubernetesClientException refused) {
        if (causedBy(refused, CertificateException.class)) {
            return failure(
                    FailureType.FORBIDDEN,
                    ErrorCode.CA_PIN_MISMATCH,
                    "the API server's certificate is not under the CA of the kubeconfig");
        }
        String what = refused.getCode() >= SERVER_ERRORS ? message(refused) : "the API server cannot be reached";
        return failure(FailureType.UNAVAILABLE, ErrorCode.CLUSTER_UNAVAILABLE, what);
    }

    private static ApplicationFailure failure(FailureType type, ErrorCode code, String detail) {
        return Failures.of(type, new Problem(code, detail));
    }

    private static String missing(KubernetesClientException refused) {
        return message(refused) + "; has 'nodejoin cluster prepare' been run on this cluster?";
    }

    private static String message(KubernetesClientException refused) {
        return "the API server responds with " + refused.getCode() + ": "
                + Redaction.excerpt(status(refused).map(Status::getMessage).orElse("no text"));
    }

    /** Returns the invalid fields, not the message: it may contain the value, and the value may be a secret. */
    private static String invalidFields(KubernetesClientException refused) {
        String fields = status(refused)
                .map(status -> status.getDetails())
                .map(details ->
                        details.getCauses().stream().map(StatusCause::getField).collect(Collectors.joining(", ")))
                .orElse("");
        return "the API server rejects Nodejoin's request with " + refused.getCode() + ", fields: " + fields;
    }

    private static Duration retryAfter(KubernetesClientException refused) {
        return status(refused)
                .map(status -> status.getDetails())
                .map(details -> details.getRetryAfterSeconds())
                .filter(seconds -> seconds > 0)
                .map(Duration::ofSeconds)
                .orElse(DEFAULT_RETRY_AFTER);
    }

    private static Optional<Status> status(KubernetesClientException refused) {
        return Optional.ofNullable(refused.getStatus());
    }

    private static boolean causedBy(Throwable thrown, Class<? extends Throwable> type) {
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
