package io.nodejoin.activities.audit;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON object per line, synced before {@link #record} returns. Opens the file for each entry, so that it can
 * be rotated while the service runs.
 */
public final class FileAuditLog implements AuditLog {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int LINE_END = '\n';

    private final Path file;
    private final String actor;
    private final Clock clock;
    private @Nullable IOException failure;

    /** @param actor the service instance, under the name that an operator knows */
    public FileAuditLog(Path file, String actor, Clock clock) {
        this.file = file;
        this.actor = actor;
        this.clock = clock;
    }

    @Override
    public synchronized void record(AuditEntry entry) {
        try (FileChannel log = open()) {
            append(log, toLine(entry));
            log.force(false);
            failure = null;
        } catch (IOException e) {
            failure = e;
            throw Failures.of(
                    FailureType.UNAVAILABLE,
                    new Problem(
                            ErrorCode.AUDIT_UNAVAILABLE, unwritable(e) + ", so " + entry.action() + " was not done"));
        }
    }

    /** Returns why entries cannot be written, or null: the file cannot be opened, or the last entry was not written. */
    public synchronized @Nullable String notReadyReason() {
        try (FileChannel _ = open()) {
            return failure == null ? null : unwritable(failure);
        } catch (IOException e) {
            return unwritable(e);
        }
    }

    private String unwritable(IOException e) {
        return "the audit log " + file + " cannot be written (" + e + ")";
    }

    private FileChannel open() throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (NoSuchFileException _) {
            return create();
        }
    }

    /** The directory is synced too: without that, a new file's name may be lost. */
    private FileChannel create() throws IOException {
        FileChannel log = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Path parent = file.toAbsolutePath().getParent();
        try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException e) {
            log.close();
            throw e;
        }
        return log;
    }

    /** Ends a line that a crash has truncated, so that it does not corrupt the next entry. */
    private static void append(FileChannel log, String line) throws IOException {
        long end = log.size();
        ByteBuffer last = ByteBuffer.allocate(1);
        boolean truncated = end > 0 && log.read(last, end - 1) == 1 && last.get(0) != LINE_END;
        ByteBuffer bytes = ByteBuffer.wrap(((truncated ? "\n" : "") + line).getBytes(StandardCharsets.UTF_8));
        log.position(end);
        while (bytes.hasRemaining()) {
            log.write(bytes);
        }
    }

    private String toLine(AuditEntry entry) {
        ObjectNode json =
                JSON.createObjectNode().put("time", clock.instant().toString()).put("actor", actor);
        if (entry.cluster() != null) {
            json.put("cluster", entry.cluster().value());
        }
        json.put("join", entry.join()).put("action", entry.action()).put("object", entry.object());
        ObjectNode results = json.putObject("results");
        entry.results().forEach(results::put);
        return json + "\n";
    }
}
