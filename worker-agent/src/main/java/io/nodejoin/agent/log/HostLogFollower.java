package io.nodejoin.agent.log;

import io.nodejoin.agent.gateway.GatewayResponse;
import io.nodejoin.agent.host.CommandRunner;
import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.protocol.agent.HostLogLine;
import io.nodejoin.protocol.agent.HostLogReport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends new lines of the host's journal to the gateway while it asks for them. Reads nothing otherwise. Once it is asked,
 * it begins with the last lines; later reports continue where the last one ended. If more lines come than are sent, the oldest
 * are left out, and so is a number, by which a reader sees that.
 */
public final class HostLogFollower {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int MAX_REPORT_BYTES = 64 * 1024;

    private final LogDemand demand;
    private final JournalReader journal;
    private final Channel channel;
    private final Sleeper sleeper;
    private final Deque<HostLogLine> unsent = new ArrayDeque<>();
    private @Nullable String cursor;
    private long sequence;

    /** Takes lines to the gateway. */
    @FunctionalInterface
    public interface Channel {
        /** Reports the lines; can be repeated. */
        GatewayResponse reportLog(HostLogReport report) throws InterruptedException;
    }

    public HostLogFollower(LogDemand demand, CommandRunner commands, Channel channel, Sleeper sleeper) {
        this.demand = demand;
        this.journal = new JournalReader(commands);
        this.channel = channel;
        this.sleeper = sleeper;
    }

    /** Waits until the log is asked for, sends what is new, and pauses. */
    public void followOnce() throws InterruptedException {
        if (demand.await()) {
            beginAnew();
        }
        if (unsent.isEmpty()) {
            readNew();
        }
        boolean delivered = true;
        while (delivered && !unsent.isEmpty()) {
            delivered = deliverNext();
        }
        sleeper.sleep(INTERVAL);
    }

    /** Another reader wants the last lines, too. One that had them sees by their time that they come again. */
    private void beginAnew() {
        cursor = null;
        unsent.clear();
        sequence += sequence > 0 ? 1 : 0;
    }

    private void readNew() {
        boolean continues = cursor != null;
        // One more than are sent, which tells whether there are others before them.
        int limit = HostLogReport.MAX_LINES + (continues ? 1 : 0);
        Optional<List<JournalEntry>> read = journal.read(cursor, limit);
        if (read.isEmpty()) {
            cursor = null;
            sequence += continues ? 1 : 0;
            return;
        }
        List<JournalEntry> entries = read.get();
        if (continues && entries.size() == limit) {
            entries = entries.subList(1, limit);
            sequence++;
        }
        for (JournalEntry entry : entries) {
            sequence++;
            unsent.add(new HostLogLine(sequence, entry.at(), entry.unit(), entry.message()).sanitized());
            cursor = entry.cursor();
        }
    }

    /** Returns whether the gateway has answered; the lines are kept if it is unavailable. */
    private boolean deliverNext() throws InterruptedException {
        List<HostLogLine> lines = new ArrayList<>();
        int bytes = 0;
        for (HostLogLine line : unsent) {
            bytes += line.text().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_REPORT_BYTES) {
                break;
            }
            lines.add(line);
        }
        boolean unavailable = switch (channel.reportLog(new HostLogReport(lines))) {
            case GatewayResponse.Unavailable _, GatewayResponse.NoJoinYet _ -> true;
            case GatewayResponse.Accepted _,
                    GatewayResponse.Assigned _,
                    GatewayResponse.Joined _,
                    GatewayResponse.Rejected _,
                    GatewayResponse.Unreadable _ -> false;
        };
        if (!unavailable) {
            lines.forEach(_ -> unsent.removeFirst());
        }
        return !unavailable;
    }
}
