package io.nodejoin.activities.audit;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** An audit log in memory that can be told to fail as a full disk does. */
public final class FakeAuditLog implements AuditLog {
    private final List<AuditEntry> entries = new CopyOnWriteArrayList<>();
    private final AtomicBoolean failing = new AtomicBoolean();
    private volatile Runnable meanwhile = () -> {};

    @Override
    public void record(AuditEntry entry) {
        if (failing.get()) {
            throw Failures.of(
                    FailureType.UNAVAILABLE,
                    new Problem(ErrorCode.AUDIT_UNAVAILABLE, "no space, so " + entry.action() + " was not done"));
        }
        meanwhile.run();
        entries.add(entry);
    }

    /** From here on this happens while an entry is being written. */
    public void whileRecording(Runnable happening) {
        meanwhile = happening;
    }

    /** From here on nothing can be recorded. */
    public void fail() {
        failing.set(true);
    }

    /** It can be written again, at once. */
    public void recover() {
        failing.set(false);
        meanwhile = () -> {};
    }

    /** What was recorded so far. */
    public List<AuditEntry> entries() {
        return List.copyOf(entries);
    }

    /** What was recorded of this action. */
    public List<AuditEntry> entries(String action) {
        return entries.stream().filter(entry -> entry.action().equals(action)).toList();
    }
}
