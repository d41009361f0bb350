package io.nodejoin.activities.audit;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON object per line, synced before {@link #record} returns. Entries that arrive while others are written
 * form a batch, which one of their threads then writes and syncs at once. The file can be rotated while the service
 * runs.
 */
public final class FileAuditLog implements AuditLog {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path path;
    private final AuditFile file;
    private final String actor;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock, like all below. */
    private Batch next = new Batch(lock.newCondition());

    private boolean writing;
    private @Nullable IOException lastFailure;

    /** @param actor the service instance, under the name that an operator knows */
    public FileAuditLog(Path path, String actor, Clock clock) {
        this(path, new RotatedAuditFile(path), actor, clock);
    }

    FileAuditLog(Path path, AuditFile file, String actor, Clock clock) {
        this.path = path;
        this.file = file;
        this.actor = actor;
        this.clock = clock;
    }

    /** Entries that are written together. Its threads wait for its end, or for one of them to be told to write it. */
    private static final class Batch {
        private final Condition turn;
        private final StringBuilder lines = new StringBuilder();
        private boolean ended;
        private @Nullable IOException failure;

        Batch(Condition turn) {
            this.turn = turn;
        }
    }

    @Override
    public void record(AuditEntry entry) {
        IOException failure = write(entry);
        if (failure != null) {
            throw Failures.of(
                    FailureType.UNAVAILABLE,
                    new Problem(
                            ErrorCode.AUDIT_UNAVAILABLE,
                            unwritable(failure) + ", so " + entry.action() + " was not done"));
        }
    }

    /** Returns why entries cannot be written, or null: the file cannot be opened, or the last entry was not written. */
    public @Nullable String notReadyReason() {
        try {
            file.requireWritable();
        } catch (IOException e) {
            return unwritable(e);
        }
        lock.lock();
        try {
            return lastFailure == null ? null : unwritable(lastFailure);
        } finally {
            lock.unlock();
        }
    }

    private String unwritable(IOException e) {
        return "the audit log " + path + " cannot be written (" + e + ")";
    }

    /** Returns why the entry is not on disk, or null once it is. */
    private @Nullable IOException write(AuditEntry entry) {
        Batch batch;
        lock.lock();
        try {
            batch = next;
            batch.lines.append(toLine(entry));
            while (writing && !batch.ended) {
                batch.turn.awaitUninterruptibly();
            }
            if (batch.ended) {
                return batch.failure;
            }
            next = new Batch(lock.newCondition());
            writing = true;
        } finally {
            lock.unlock();
        }
        return write(batch);
    }

    /** Writes without the lock, so that the next batch forms meanwhile. */
    private @Nullable IOException write(Batch batch) {
        IOException failure = new IOException("a defect");
        try {
            file.append(batch.lines.toString().getBytes(StandardCharsets.UTF_8));
            failure = null;
        } catch (IOException e) {
            failure = e;
        } finally {
            end(batch, failure);
        }
        return failure;
    }

    private void end(Batch batch, @Nullable IOException failure) {
        lock.lock();
        try {
            writing = false;
            lastFailure = failure;
            batch.failure = failure;
            batch.ended = true;
            batch.turn.signalAll();
            next.turn.signal();
        } finally {
            lock.unlock();
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
