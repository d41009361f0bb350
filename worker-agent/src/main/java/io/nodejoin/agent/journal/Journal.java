package io.nodejoin.agent.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file of JSON lines. What a method returns after an append is on disk; only what is true anyway, whether there is room
 * for it or not, is kept in memory until there is some. A file that has become long is replaced by one with the fewest lines
 * that say the same.
 */
public final class Journal implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Journal.class.getName());

    /** Many joins, and a small part of the agent's heap. */
    private static final long COMPACTION_THRESHOLD = 256 * 1024;

    private static final JsonMapper MAPPER = JsonMappers.strict();
    private static final ObjectWriter WRITER = MAPPER.writerFor(JournalEntry.class);

    private final JournalFile file;
    private final JournalState state;
    private final long compactionThreshold;
    /** Lines that found no room. They go before the next one. */
    private String unwritten = "";

    private Journal(JournalFile file, JournalState state, long longest) {
        this.file = file;
        this.state = state;
        this.compactionThreshold = longest;
    }

    /**
     * Opens the journal and reads it, making it if there is none.
     *
     * @throws HostException if it cannot be read or written
     */
    public static Journal open(Path file) {
        return open(file, COMPACTION_THRESHOLD);
    }

    /**
     * Opens a journal that is shortened sooner, or later.
     *
     * @param longest how many bytes it may have before it is; it is looked at when it is opened, and when a command has ended
     * @throws HostException if it cannot be read or written
     */
    public static Journal open(Path file, long longest) {
        try {
            JournalState state = new JournalState();
            JournalFile lines = JournalFile.open(file, line -> state.apply(MAPPER.readValue(line, JournalEntry.class)));
            Journal journal = new Journal(lines, state, longest);
            journal.compact();
            return journal;
        } catch (IOException e) {
            throw new HostException(ErrorCode.HOST_DISK_FULL, "journal " + file + ": " + e.getMessage());
        }
    }

    /**
     * Notes that the command has been taken on. A reset is, even if there is no room for it: it changes nothing that is not
     * noted already, and it may make room.
     *
     * @throws HostException if there is no room for any other command
     */
    public synchronized void recordAccepted(Assignment assignment) {
        JournalEntry entry = new JournalEntry.Accepted(assignment);
        if (assignment.command() instanceof HostCommand.ResetHost) {
            appendOrKeep(entry);
        } else {
            append(entry, true);
        }
    }

    /**
     * Notes what is about to change, with its pre-images.
     *
     * @throws HostException if there is no room for it
     */
    public synchronized void recordIntended(List<Change> upcoming) {
        if (!upcoming.isEmpty()) {
            append(new JournalEntry.Intended(upcoming), true);
        }
    }

    /** Notes that a step is done. Not synced by itself: the facts say it as well. */
    public synchronized void recordDone(String step) {
        append(new JournalEntry.Done(step), false);
    }

    /** Notes how a command ended. */
    public synchronized void recordFinished(String assignment, HostResult result) {
        appendOrKeep(new JournalEntry.Finished(assignment, result));
        compact();
    }

    /** Notes whose certificate the kubelet holds before it is taken back: afterwards nothing else tells. */
    public synchronized void recordKeyWipe(String keyDigest) {
        appendOrKeep(new JournalEntry.KeyWipeIntended(keyDigest));
    }

    /** The key of the kubelet's last certificate that was to be taken back, or empty if the host was changed since. */
    public synchronized Optional<String> keyToWipe() {
        return state.keyToWipe();
    }

    /** Notes that the host is as it was before the first change. */
    public synchronized void recordAllUndone() {
        appendOrKeep(new JournalEntry.AllUndone());
    }

    /** Notes that these steps are taken back for good, though others are not: whatever is made of their files later is not theirs. */
    public synchronized void recordUndone(List<String> steps) {
        if (!steps.isEmpty()) {
            appendOrKeep(new JournalEntry.StepsUndone(steps));
        }
    }

    /** The changes that have not been taken back, oldest first; of a step that was begun several times, the first. */
    public synchronized List<Change> changes() {
        return state.changes();
    }

    /** How the command of this id ended, or empty if it has not, or was taken on before too many others. */
    public synchronized Optional<HostResult> result(String assignment) {
        return state.result(assignment);
    }

    /** Whether the command of this id was taken on and has not ended. */
    public synchronized boolean isUnfinished(String assignment) {
        return state.isUnfinished(assignment);
    }

    /** The commands that were taken on and have not ended, oldest first. */
    public synchronized List<Assignment> unfinished() {
        return state.unfinished();
    }

    /** Whether a reset has been taken on after this command. */
    public synchronized boolean isSuperseded(Assignment assignment) {
        return assignment.sequence() < state.latestReset();
    }

    /** The highest sequence taken on so far; {@link Long#MIN_VALUE} if none. */
    public synchronized long highestSequence() {
        return state.highestSequence();
    }

    private void appendOrKeep(JournalEntry fact) {
        try {
            append(fact, true);
        } catch (HostException e) {
            LOG.log(Level.ERROR, e.problem().toLine());
            unwritten += toLine(fact);
            state.apply(fact);
        }
    }

    private void append(JournalEntry entry, boolean sync) {
        try {
            file.append(bytes(unwritten + toLine(entry)), sync || !unwritten.isEmpty());
        } catch (IOException e) {
            throw new HostException(ErrorCode.HOST_DISK_FULL, "the journal cannot be written: " + e.getMessage());
        }
        unwritten = "";
        state.apply(entry);
    }

    /** Where there is no room for another file, this one goes on as it is. */
    private void compact() {
        if (file.length() <= compactionThreshold || !unwritten.isEmpty()) {
            return;
        }
        try {
            file.replace(() -> state.compactedEntries().stream()
                    .map(entry -> bytes(toLine(entry)))
                    .iterator());
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the journal cannot be shortened and goes on as it is: {0}", e);
        }
    }

    private static String toLine(JournalEntry entry) {
        try {
            return WRITER.writeValueAsString(entry) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every entry has a JSON form", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public synchronized void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new HostException(ErrorCode.HOST_DISK_FULL, "the journal cannot be closed: " + e.getMessage());
        }
    }
}
