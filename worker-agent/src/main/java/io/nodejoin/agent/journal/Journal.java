package io.nodejoin.agent.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.wire.Json;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An append-only file of JSON lines. What a method returns after an append is on disk; only what is true anyway, whether
 * there is room for it or not, is kept in memory until there is some. A last line that a crash has torn is cut off when the
 * journal is opened.
 */
public final class Journal implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Journal.class.getName());

    private final JsonMapper mapper = Json.mapper();
    private final Path file;
    private final List<Change> changes = new ArrayList<>();
    private final Set<String> done = new HashSet<>();
    private final Map<String, HostResult> results = new LinkedHashMap<>();
    private final Map<String, Assignment> open = new LinkedHashMap<>();
    private long highestSequence = Long.MIN_VALUE;
    private long latestReset = Long.MIN_VALUE;
    private @Nullable String keyToWipe;
    private FileChannel channel;
    private boolean closed;
    /** Where the next line begins. */
    private long end;
    /** Lines that found no room. They go before the next one. */
    private String owed = "";

    private Journal(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens the journal and reads it, making it if there is none.
     *
     * @throws HostFailure if it cannot be read or written
     */
    public static Journal open(Path file) {
        try {
            FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Journal journal = new Journal(file, channel);
            journal.replay();
            syncDirectory(file.toAbsolutePath().resolveSibling("."));
            return journal;
        } catch (IOException e) {
            throw new HostFailure(ErrorCode.HOST_DISK_FULL, "journal " + file + ": " + e.getMessage());
        }
    }

    /** A power cut may otherwise take a new journal away as a whole. */
    private static void syncDirectory(Path directory) throws IOException {
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    private void replay() throws IOException {
        byte[] content = Channels.newInputStream(channel).readAllBytes();
        String text = new String(content, StandardCharsets.UTF_8);
        int whole = text.lastIndexOf('\n') + 1;
        for (String line : text.substring(0, whole).lines().toList()) {
            take(mapper.readValue(line, JournalEntry.class));
        }
        end = text.substring(0, whole).getBytes(StandardCharsets.UTF_8).length;
        cutAtEnd();
    }

    private void cutAtEnd() throws IOException {
        channel.truncate(end);
        channel.position(end);
    }

    /**
     * Notes that the command has been taken on. A reset is, even if there is no room for it: it changes nothing that is not
     * noted already, and it may make room.
     *
     * @throws HostFailure if there is no room for any other command
     */
    public synchronized void accepted(Assignment assignment) {
        JournalEntry entry = new JournalEntry.Accepted(assignment);
        if (assignment.command() instanceof HostCommand.ResetHost) {
            note(entry);
        } else {
            append(entry, true);
        }
    }

    /**
     * Notes what is about to change, with its pre-images.
     *
     * @throws HostFailure if there is no room for it
     */
    public synchronized void intended(List<Change> upcoming) {
        if (!upcoming.isEmpty()) {
            append(new JournalEntry.Intended(upcoming), true);
        }
    }

    /** Notes that a step is done. Not synced by itself: the facts say it as well. */
    public synchronized void done(String step) {
        append(new JournalEntry.Done(step), false);
    }

    /** Notes how a command ended. */
    public synchronized void finished(String assignment, HostResult result) {
        note(new JournalEntry.Finished(assignment, result));
    }

    /** Notes whose certificate the kubelet holds before it is taken back: afterwards nothing else tells. */
    public synchronized void wiping(String keyDigest) {
        note(new JournalEntry.Wiping(keyDigest));
    }

    /** The key of the kubelet's last certificate that was to be taken back, or empty if the host was changed since. */
    public synchronized Optional<String> keyToWipe() {
        return Optional.ofNullable(keyToWipe);
    }

    /** Notes that the host is as it was before the first change. */
    public synchronized void takenBack() {
        note(new JournalEntry.TakenBack());
    }

    /** Notes that these steps are taken back for good, though others are not: whatever is made of their files later is not theirs. */
    public synchronized void restored(List<String> steps) {
        if (!steps.isEmpty()) {
            note(new JournalEntry.Restored(steps));
        }
    }

    /** The changes that have not been taken back, oldest first; of a step that was begun several times, the first. */
    public synchronized List<Change> changes() {
        return List.copyOf(changes);
    }

    /** Whether the step has been done since the last time that all was taken back. */
    public synchronized boolean hasDone(String step) {
        return done.contains(step);
    }

    /** How the command of this id ended, or empty if it has not. */
    public synchronized Optional<HostResult> result(String assignment) {
        return Optional.ofNullable(results.get(assignment));
    }

    /** The commands that were taken on and have not ended, oldest first. */
    public synchronized List<Assignment> unfinished() {
        return List.copyOf(open.values());
    }

    /** Whether a reset has been taken on after this command. */
    public synchronized boolean isOvertaken(Assignment assignment) {
        return assignment.sequence() < latestReset;
    }

    /** The highest sequence taken on so far; {@link Long#MIN_VALUE} if none. */
    public synchronized long highestSequence() {
        return highestSequence;
    }

    private void note(JournalEntry fact) {
        try {
            append(fact, true);
        } catch (HostFailure e) {
            LOG.log(Level.ERROR, e.problem().text());
            owed += line(fact);
            take(fact);
        }
    }

    private void append(JournalEntry entry, boolean sync) {
        byte[] lines = (owed + line(entry)).getBytes(StandardCharsets.UTF_8);
        try {
            write(lines, sync || !owed.isEmpty());
        } catch (IOException e) {
            throw new HostFailure(ErrorCode.HOST_DISK_FULL, "the journal cannot be written: " + e.getMessage());
        }
        owed = "";
        take(entry);
    }

    private String line(JournalEntry entry) {
        try {
            return mapper.writerFor(JournalEntry.class).writeValueAsString(entry) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every entry has a JSON form", e);
        }
    }

    /** An interrupt closes the channel that it meets. It must cost neither the entry nor the journal, and stays set. */
    private void write(byte[] lines, boolean sync) throws IOException {
        boolean interrupted = false;
        try {
            while (!isWritten(ByteBuffer.wrap(lines), sync)) {
                interrupted |= Thread.interrupted();
            }
            end += lines.length;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A line that a full disk has cut is taken back: another one behind it would make both unreadable. */
    private boolean isWritten(ByteBuffer lines, boolean sync) throws IOException {
        try {
            ensureOpen();
            while (lines.hasRemaining()) {
                channel.write(lines);
            }
            if (sync) {
                channel.force(false);
            }
            return true;
        } catch (ClosedByInterruptException _) {
            return false;
        } catch (IOException e) {
            if (channel.isOpen()) {
                cutAtEnd();
            }
            throw e;
        }
    }

    /** A disk that is read-only keeps a channel closed that an interrupt has closed, until it may be written to again. */
    private void ensureOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (!channel.isOpen()) {
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
            cutAtEnd();
        }
    }

    private void take(JournalEntry entry) {
        switch (entry) {
            case JournalEntry.Accepted(Assignment assignment) -> {
                open.put(assignment.id(), assignment);
                highestSequence = Math.max(highestSequence, assignment.sequence());
                if (assignment.command() instanceof HostCommand.ResetHost) {
                    latestReset = Math.max(latestReset, assignment.sequence());
                }
            }
            case JournalEntry.Intended(List<Change> upcoming) -> {
                upcoming.forEach(this::takeFirst);
                keyToWipe = null;
            }
            case JournalEntry.Done(String step) -> done.add(step);
            case JournalEntry.Finished(String assignment, HostResult result) -> {
                open.remove(assignment);
                results.put(assignment, result);
            }
            case JournalEntry.Wiping(String keyDigest) -> keyToWipe = keyDigest;
            case JournalEntry.Restored(List<String> steps) -> {
                changes.removeIf(change -> steps.contains(change.step()));
                steps.forEach(done::remove);
            }
            case JournalEntry.TakenBack() -> {
                changes.clear();
                done.clear();
            }
        }
    }

    /** A step that is begun again after a crash finds its own work as a pre-image. The host before the join is the first one. */
    private void takeFirst(Change change) {
        for (int i = 0; i < changes.size(); i++) {
            if (changes.get(i).step().equals(change.step())) {
                changes.set(i, changes.get(i).begunAgain(change));
                return;
            }
        }
        changes.add(change);
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            channel.close();
        } catch (IOException e) {
            throw new HostFailure(ErrorCode.HOST_DISK_FULL, "the journal cannot be closed: " + e.getMessage());
        }
    }
}
