package io.nodejoin.workflows.failure;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.temporal.common.converter.EncodedValues;
import io.temporal.failure.ApplicationErrorCategory;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Creates and reads the only exceptions that activities throw: an {@link ApplicationFailure} with a type and a problem.
 */
public final class Failures {
    private static final String SEPARATOR = ": ";

    private Failures() {}

    /**
     * Creates a failure of this type. The problem's detail must not contain a secret: it enters the history in plain
     * text.
     */
    public static ApplicationFailure of(FailureType type, Problem problem) {
        return of(type, problem, null);
    }

    /** Creates a failure that is retried after the delay that the server requested. */
    public static ApplicationFailure of(FailureType type, Problem problem, @Nullable Duration nextDelay) {
        ApplicationFailure.Builder failure = ApplicationFailure.newBuilder()
                .setType(type.name())
                .setMessage(problem.code() + SEPARATOR + problem.detail())
                .setDetails(problem)
                .setNonRetryable(!type.retryable());
        if (type == FailureType.NOT_READY_YET) {
            failure.setCategory(ApplicationErrorCategory.BENIGN);
        }
        if (nextDelay != null) {
            failure.setNextRetryDelay(nextDelay);
        }
        return failure.build();
    }

    /** Returns the type of the failure that ended an activity, from the chain of causes. */
    public static Optional<FailureType> typeOf(Throwable thrown) {
        return applicationFailure(thrown)
                .flatMap(failure -> Arrays.stream(FailureType.values())
                        .filter(type -> type.name().equals(failure.getType()))
                        .findFirst());
    }

    /**
     * Returns the problem that the failure carries, or {@link ErrorCode#INTERNAL} if it carries none. Temporal passes
     * on only the message of an exception of an update validator, so the problem is parsed from it.
     */
    public static Problem problemOf(Throwable thrown) {
        return applicationFailure(thrown)
                .flatMap(failure -> inDetails(failure).or(() -> inMessage(failure.getOriginalMessage())))
                .orElseGet(() -> new Problem(ErrorCode.INTERNAL, String.valueOf(thrown.getMessage())));
    }

    private static Optional<Problem> inDetails(ApplicationFailure failure) {
        return failure.getDetails() instanceof EncodedValues details && details.getSize() > 0
                ? Optional.of(details.get(Problem.class))
                : Optional.empty();
    }

    private static Optional<Problem> inMessage(String message) {
        return Arrays.stream(ErrorCode.values())
                .filter(code -> message.startsWith(code + SEPARATOR))
                .map(code -> new Problem(code, message.substring((code + SEPARATOR).length())))
                .findFirst();
    }

    private static Optional<ApplicationFailure> applicationFailure(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof ApplicationFailure failure) {
                return Optional.of(failure);
            }
        }
        return Optional.empty();
    }
}
