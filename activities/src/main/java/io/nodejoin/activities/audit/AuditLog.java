package io.nodejoin.activities.audit;

/** The append-only record of what Nodejoin does to clusters. */
public interface AuditLog {

    /**
     * Returns once the entry is on disk; the effect comes after. A second call writes a second entry.
     *
     * @throws io.temporal.failure.ApplicationFailure retryable, with code AUDIT_UNAVAILABLE, if it cannot be written; then
     *     the caller does nothing
     */
    void record(AuditEntry entry);
}
