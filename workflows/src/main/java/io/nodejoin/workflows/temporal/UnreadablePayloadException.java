package io.nodejoin.workflows.temporal;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.temporal.common.converter.DataConverterException;
import org.jspecify.annotations.Nullable;

/**
 * A payload from Temporal cannot be decrypted. A workflow ignores a signal with such a payload, and refuses such an update,
 * as the SDK does for every {@link DataConverterException}.
 */
public final class UnreadablePayloadException extends DataConverterException {
    private final Problem problem;

    /**
     * @param detail what is wrong with the payload, in a sentence without its end
     * @param cause what was thrown, if anything was
     */
    public UnreadablePayloadException(String detail, @Nullable Throwable cause) {
        this(new Problem(ErrorCode.TEMPORAL_PAYLOAD_UNREADABLE, detail), cause);
    }

    private UnreadablePayloadException(Problem problem, @Nullable Throwable cause) {
        super(problem.toLine(), cause);
        this.problem = problem;
    }

    /** Returns the problem, whose code is {@link ErrorCode#TEMPORAL_PAYLOAD_UNREADABLE}. */
    public Problem problem() {
        return problem;
    }
}
