package io.nodejoin.activities;

import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;

/**
 * Checks, right before each effect on a cluster, that its holder may still act: an activity until its timeout, the
 * garbage collector while what it has read is fresh.
 */
@FunctionalInterface
public interface EffectGuard {

    /** Throws if the holder may no longer act. Called right before each effect, with its name. */
    void beforeEffect(String effect);

    /**
     * Writes the audit entry, right before the effect, and checks again: a slow disk may have delayed the entry beyond
     * the holder's time. The log may then name an effect that did not happen.
     */
    default void recordEffect(AuditEntry effect, AuditLog audit) {
        beforeEffect(effect.action());
        audit.record(effect);
        beforeEffect(effect.action());
    }
}
