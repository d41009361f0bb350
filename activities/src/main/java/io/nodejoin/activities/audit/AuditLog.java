package io.nodejoin.activities.audit;

/** The append-only log of Nodejoin's effects on clusters. */
public interface AuditLog {

    /**
     * Writes the entry and returns once it is on disk; the effect follows. Not idempotent: a second call writes a
     * second entry.
     *
     * @throws io.temporal.failure.ApplicationFailure retryable, with code AUDIT_UNAVAILABLE, if the entry cannot be
     *     written; the caller then does nothing
     */
    void record(AuditEntry entry);
}
