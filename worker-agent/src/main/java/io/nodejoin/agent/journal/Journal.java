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
 * The agent's journal, a file of JSON lines. Entries are on disk when a method returns; only redundant entries are kept
 * in memory while the disk is full. A long file is compacted to the shortest equivalent one. Thread-safe.
 */
public final class Journal implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Journal.class.getName());

    /** Enough for many joins, and a small part of the agent's heap. */
    private static final long COMPACTION_THRESHOLD = 256 * 1024;

    private static final JsonMapper MAPPER = JsonMappers.strict();
    private static final ObjectWriter WRITER = MAPPER.writerFor(JournalEntry.class);

    private final JournalFile file;
    private final JournalState state;
    private final long compactionThreshold;
    /** Lines that did not fit on the disk. They are written before the next one. */
    private String unwritten = "";

    private Journal(JournalFile file, JournalState state, long longest) {
        this.file = file;
        this.state = state;
        this.compactionThreshold = longest;
    }

    /**
     * Opens the journal and reads it; creates it if it is missing.
     *
     * @throws HostException if it cannot be read or written
     */
    public static Journal open(Path file) {
        return open(file, COMPACTION_THRESHOLD);
    }

    /**
     * Opens a journal with another compaction threshold.
     *
     * @param longest length in bytes above which it is compacted, when it is opened and when a command has ended
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
     * Records that the command is accepted. A reset is accepted even if the disk is full: it changes nothing that is
     * not in the journal, and may free space.
     *
     * @throws HostException if the disk is full, for any other command
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
     * Records the changes that follow, with their pre-images.
     *
     * @throws HostException if the disk is full
     */
    public synchronized void recordIntended(List<Change> upcoming) {
        if (!upcoming.isEmpty()) {
            append(new JournalEntry.Intended(upcoming), true);
        }
    }

    /** Records that a step is complete. Not synced, since the state of the host shows it as well. */
    public synchronized void recordDone(String step) {
        append(new JournalEntry.Done(step), false);
    }

    /** Records the result of a command. */
    public synchronized void recordFinished(String assignment, HostResult result) {
        appendOrKeep(new JournalEntry.Finished(assignment, result));
        compact();
    }

    /** Records the key of the kubelet's certificate before the certificate is deleted; it cannot be read afterwards. */
    public synchronized void recordKeyWipe(String keyDigest) {
        appendOrKeep(new JournalEntry.KeyWipeIntended(keyDigest));
    }

    /**
     * Returns the key of the kubelet's last certificate that was to be deleted; empty if the host was changed since.
     */
    public synchronized Optional<String> keyToWipe() {
        return state.keyToWipe();
    }

    /** Records that all changes are undone. */
    public synchronized void recordAllUndone() {
        appendOrKeep(new JournalEntry.AllUndone());
    }

    /** Records that these steps are undone although others are not: later changes of their files belong to others. */
    public synchronized void recordUndone(List<String> steps) {
        if (!steps.isEmpty()) {
            appendOrKeep(new JournalEntry.StepsUndone(steps));
        }
    }

    /** Returns the changes that are not undone, oldest first; of a repeated step the first. */
    public synchronized List<Change> changes() {
        return state.changes();
    }

    /** Returns the result of the command with this id; empty if it has none, or was followed by too many others. */
    public synchronized Optional<HostResult> result(String assignment) {
        return state.result(assignment);
    }

    /** Returns whether the command with this id is accepted and has no result. */
    public synchronized boolean isUnfinished(String assignment) {
        return state.isUnfinished(assignment);
    }

    /** Returns the accepted commands without a result, oldest first. */
    public synchronized List<Assignment> unfinished() {
        return state.unfinished();
    }

    /** Returns whether a reset was accepted after this command. */
    public synchronized boolean isSuperseded(Assignment assignment) {
        return assignment.sequence() < state.latestReset();
    }

    /** Returns whether a command was ever accepted. */
    public synchronized boolean hasAcceptedCommand() {
        return state.highestSequence() > Long.MIN_VALUE;
    }

    /** Returns the highest accepted sequence; {@link Long#MIN_VALUE} if there is none. */
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

    /** Keeps the file if the disk has no space for another one. */
    private void compact() {
        if (file.length() <= compactionThreshold || !unwritten.isEmpty()) {
            return;
        }
        try {
            file.replace(() -> state.compactedEntries().stream()
                    .map(entry -> bytes(toLine(entry)))
                    .iterator());
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the journal cannot be compacted and stays as it is: {0}", e);
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
