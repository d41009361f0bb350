package io.nodejoin.protocol.agent;

import java.util.List;

/**
 * {@code POST /v1/log}: lines of the host's journal, oldest first, while the gateway asks for them. Idempotent: a line
 * whose number has come before is ignored.
 */
public record HostLogReport(List<HostLogLine> lines) {
    /**
     * The header of a response to a poll by which the gateway asks for the log: for how many seconds. Absent while nobody
     * reads it.
     */
    public static final String REQUEST_HEADER = "Nodejoin-Log-Seconds";

    /** The maximum number of lines of one report. */
    public static final int MAX_LINES = 200;

    public HostLogReport {
        lines = List.copyOf(lines);
    }
}
