package io.nodejoin.gateway.session;

import io.nodejoin.protocol.agent.HostLogLine;
import io.nodejoin.protocol.agent.HostLogReport;
import io.nodejoin.workflows.gateway.HostLogPage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The last lines of the log of one agent's host, and whether somebody reads them. They are in memory only, and only while
 * somebody reads them; what comes otherwise is ignored.
 */
final class HostLog {
    /** A reader asks again within this time, or has left. */
    private static final Duration DEMAND = Duration.ofSeconds(15);

    private static final int MAX_LINES = 400;

    private final LongSupplier nanoTime;
    private final Deque<HostLogLine> lines = new ArrayDeque<>();
    private @Nullable UUID instance;
    private @Nullable Long demandedUntil;
    private boolean announced;

    HostLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Notes that somebody reads now. */
    synchronized void demand() {
        if (!isDemanded()) {
            lines.clear();
            announced = false;
        }
        demandedUntil = nanoTime.getAsLong() + DEMAND.toNanos();
    }

    /** Returns whether somebody reads. */
    synchronized boolean isDemanded() {
        return demandedUntil != null && demandedUntil - nanoTime.getAsLong() > 0;
    }

    /** Returns whether somebody reads and the agent has not been told; it counts as told from then on. */
    synchronized boolean takeAnnouncement() {
        boolean due = isDemanded() && !announced;
        announced |= due;
        return due;
    }

    /** Returns for how many seconds the agent is asked to send lines; 0 if nobody reads. */
    synchronized long secondsRequested() {
        return isDemanded() ? DEMAND.toSeconds() : 0;
    }

    /** Adds the lines of this agent process that are new. */
    synchronized void add(UUID from, HostLogReport report) {
        if (!isDemanded()) {
            return;
        }
        if (!from.equals(instance)) {
            lines.clear();
            instance = from;
        }
        for (HostLogLine line :
                report.lines().stream().limit(HostLogReport.MAX_LINES).toList()) {
            if (lines.isEmpty() || line.sequence() > lines.getLast().sequence()) {
                lines.add(line.sanitized());
            }
        }
        while (lines.size() > MAX_LINES) {
            lines.removeFirst();
        }
    }

    /**
     * Returns the lines after this one; all if they are of another agent process.
     *
     * @param connected whether the agent is connected now
     */
    synchronized HostLogPage read(boolean connected, @Nullable UUID known, long after) {
        boolean continues = known != null && known.equals(instance);
        List<HostLogLine> wanted = lines.stream()
                .filter(line -> !continues || line.sequence() > after)
                .toList();
        return new HostLogPage(connected, instance, wanted);
    }

    /** Forgets the lines if nobody reads them. */
    synchronized void dropUnread() {
        if (!isDemanded()) {
            lines.clear();
        }
    }
}
