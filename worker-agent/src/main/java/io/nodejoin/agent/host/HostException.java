package io.nodejoin.agent.host;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Redaction;
import java.util.List;

/** A step failed. Neither detail nor log contains a secret. */
public final class HostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;
    private final transient List<String> log;

    public HostException(ErrorCode code, String detail) {
        this(code, detail, List.of());
    }

    /**
     * Creates a failure that the host's own log explains.
     *
     * @param log the last redacted lines of the host's log
     */
    public HostException(ErrorCode code, String detail, List<String> log) {
        super(code + ": " + detail);
        this.problem = new Problem(code, Redaction.redact(detail));
        this.log = List.copyOf(log);
    }

    /** Returns the problem that is reported to the gateway. */
    public Problem problem() {
        return problem;
    }

    /** Returns the log lines that explain it. */
    public List<String> log() {
        return log;
    }
}
