package io.nodejoin.activities;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.ResourceNotFoundException;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Redaction;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts what activities throw into a failure with a type and a problem. Nothing else of the exception enters the
 * history: no class name, stack trace, cause, or text that looks like a token.
 */
public final class FailureBoundary extends WorkerInterceptorBase {
    private static final Logger LOG = LoggerFactory.getLogger(FailureBoundary.class);

    private final PersistentRefusals refusals;

    /** @param clock measures durations; it need not tell the time of day, but must not jump */
    public FailureBoundary(InstantSource clock) {
        this.refusals = new PersistentRefusals(clock);
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            private String activity = "";

            @Override
            public void init(ActivityExecutionContext context) {
                activity = context.getInfo().getWorkflowRunId() + "/"
                        + context.getInfo().getActivityId();
                super.init(context);
            }

            @Override
            public ActivityOutput execute(ActivityInput input) {
                try {
                    return super.execute(input);
                } catch (ActivityCompletionException cancelled) {
                    throw cancelled;
                } catch (RuntimeException thrown) { // the boundary of all activities
                    throw withoutTrace(refusals.retryUntilPersistent(activity, failureOf(thrown)));
                }
            }
        };
    }

    private static TemporalFailure withoutTrace(TemporalFailure failure) {
        failure.setStackTrace(new StackTraceElement[0]);
        return failure;
    }

    /** Converts an exception into a failure whose problem contains no secret. */
    public static TemporalFailure failureOf(Throwable thrown) {
        return switch (thrown) {
            case TemporalFailure known -> known;
            case KubernetesClientException refused -> KubernetesErrors.failureOf(refused);
            // Also thrown if the response was lost.
            case ResourceNotFoundException unread when unread.getCause() != null -> failureOf(unread.getCause());
            case RetriableException broker ->
                unavailable(ErrorCode.BROKER_UNAVAILABLE, "the Kafka broker is not available", broker);
            case AuthenticationException broker -> refused(broker);
            case AuthorizationException broker -> refused(broker);
            case UncheckedIOException io -> unreadable(io);
            case IOException io -> unreadable(io);
            case ExecutionException wrapper when wrapper.getCause() != null -> failureOf(wrapper.getCause());
            case CompletionException wrapper when wrapper.getCause() != null -> failureOf(wrapper.getCause());
            case IllegalArgumentException invalid ->
                failure(FailureType.INVALID_REQUEST, ErrorCode.INTERNAL, "a value was refused: " + text(invalid));
            case Throwable unforeseen -> bug(unforeseen);
        };
    }

    private static ApplicationFailure unavailable(ErrorCode code, String what, Throwable thrown) {
        return failure(
                FailureType.UNAVAILABLE, code, what + ": " + thrown.getClass().getSimpleName());
    }

    private static ApplicationFailure unreadable(Exception io) {
        return unavailable(
                ErrorCode.CLUSTER_UNAVAILABLE, "the API server's answer or the kubeconfig cannot be read", io);
    }

    private static ApplicationFailure refused(Throwable thrown) {
        return failure(
                FailureType.FORBIDDEN,
                ErrorCode.BROKER_AUTH_FAILED,
                "the Kafka broker refuses our credential or right: "
                        + thrown.getClass().getSimpleName());
    }

    private static ApplicationFailure bug(Throwable unforeseen) {
        LOG.error("An activity failed with an unexpected exception", unforeseen);
        return failure(
                FailureType.INTERNAL,
                ErrorCode.INTERNAL,
                "unexpected " + unforeseen.getClass().getSimpleName() + "; the service log has the cause");
    }

    private static ApplicationFailure failure(FailureType type, ErrorCode code, String detail) {
        return Failures.of(type, new Problem(code, detail));
    }

    private static String text(Throwable thrown) {
        return Redaction.excerpt(Optional.ofNullable(thrown.getMessage()).orElse("without a message"));
    }
}
