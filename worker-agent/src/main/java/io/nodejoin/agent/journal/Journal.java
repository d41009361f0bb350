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
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
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

/**
 * An append-only file of JSON lines. What a method returns after an append is on disk. A last line that a crash has torn
 * is cut off when the journal is opened.
 */
public final class Journal implements AutoCloseable {
    private final JsonMapper mapper = Json.mapper();
    private final Path file;
    private final List<Change> changes = new ArrayList<>();
    private final Set<String> done = new HashSet<>();
    private final Map<String, HostResult> results = new LinkedHashMap<>();
    private final Map<String, Assignment> open = new LinkedHashMap<>();
    private long highestSequence = Long.MIN_VALUE;
    private long latestReset = Long.MIN_VALUE;
    private FileChannel channel;
    /** Where the next line begins. */
    private long end;

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

    /** Notes that the command has been taken on. */
    public synchronized void accepted(Assignment assignment) {
        append(new JournalEntry.Accepted(assignment), true);
    }

    /** Notes what is about to change, with its pre-images. */
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
        append(new JournalEntry.Finished(assignment, result), true);
    }

    /** Notes that the host is as it was before the first change. */
    public synchronized void takenBack() {
        append(new JournalEntry.TakenBack(), true);
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

    private void append(JournalEntry entry, boolean sync) {
        try {
            byte[] line = (mapper.writerFor(JournalEntry.class).writeValueAsString(entry) + "\n")
                    .getBytes(StandardCharsets.UTF_8);
            write(line, sync);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every entry has a JSON form", e);
        } catch (IOException e) {
            throw new HostFailure(ErrorCode.HOST_DISK_FULL, "the journal cannot be written: " + e.getMessage());
        }
        take(entry);
    }

    /** An interrupt closes the channel that it meets. It must cost neither the entry nor the journal, and stays set. */
    private void write(byte[] line, boolean sync) throws IOException {
        boolean interrupted = false;
        try {
            while (!isWritten(ByteBuffer.wrap(line), sync, interrupted)) {
                interrupted |= Thread.interrupted();
            }
            end += line.length;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A line that a full disk has cut is taken back: another one behind it would make both unreadable. */
    private boolean isWritten(ByteBuffer line, boolean sync, boolean closed) throws IOException {
        try {
            if (closed) {
                channel = FileChannel.open(file, StandardOpenOption.WRITE);
                cutAtEnd();
            }
            while (line.hasRemaining()) {
                channel.write(line);
            }
            if (sync) {
                channel.force(false);
            }
            return true;
        } catch (ClosedByInterruptException _) {
            return false;
        } catch (IOException e) {
            cutAtEnd();
            throw e;
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
            case JournalEntry.Intended(List<Change> upcoming) -> upcoming.forEach(this::takeFirst);
            case JournalEntry.Done(String step) -> done.add(step);
            case JournalEntry.Finished(String assignment, HostResult result) -> {
                open.remove(assignment);
                results.put(assignment, result);
            }
            case JournalEntry.TakenBack() -> {
                changes.clear();
                done.clear();
            }
        }
    }

    /** A step that is begun again after a crash finds its own work as a pre-image. The host before the join is the first one. */
    private void takeFirst(Change change) {
        if (changes.stream().noneMatch(earlier -> earlier.step().equals(change.step()))) {
            changes.add(change);
        }
    }

    @Override
    public synchronized void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new HostFailure(ErrorCode.HOST_DISK_FULL, "the journal cannot be closed: " + e.getMessage());
        }
    }
}
