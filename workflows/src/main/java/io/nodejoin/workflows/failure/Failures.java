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

/** Makes and reads the only exceptions that activities throw: an {@link ApplicationFailure} with a type and a problem. */
public final class Failures {
    private Failures() {}

    /** A failure of this type. The problem's detail holds no secret: it enters history in plain text. */
    public static ApplicationFailure of(FailureType type, Problem problem) {
        return of(type, problem, null);
    }

    /** A failure that is tried again after the delay that the server asked for. */
    public static ApplicationFailure of(FailureType type, Problem problem, @Nullable Duration nextDelay) {
        ApplicationFailure.Builder failure = ApplicationFailure.newBuilder()
                .setType(type.name())
                .setMessage(problem.code() + ": " + problem.detail())
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

    /** The type of the failure that ended an activity, looked for along the chain of causes. */
    public static Optional<FailureType> typeOf(Throwable thrown) {
        return applicationFailure(thrown)
                .flatMap(failure -> Arrays.stream(FailureType.values())
                        .filter(type -> type.name().equals(failure.getType()))
                        .findFirst());
    }

    /** The problem that the failure carries, or {@link ErrorCode#INTERNAL} if it carries none. */
    public static Problem problemOf(Throwable thrown) {
        return applicationFailure(thrown)
                .filter(failure -> failure.getDetails() instanceof EncodedValues
                        && failure.getDetails().getSize() > 0)
                .map(failure -> failure.getDetails().get(Problem.class))
                .orElseGet(() -> new Problem(ErrorCode.INTERNAL, String.valueOf(thrown.getMessage())));
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
