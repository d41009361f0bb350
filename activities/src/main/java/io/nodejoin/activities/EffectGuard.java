package io.nodejoin.activities;

import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;

/** The right to act on a cluster: of an activity while it may run, or of the garbage collector while it leads. */
@FunctionalInterface
public interface EffectGuard {

    /** Called right before each effect, with its name; throws if its holder may not act any more. */
    void beforeEffect(String effect);

    /**
     * Puts the effect on record; called right before it. The right may end while a disk or another writer holds up the record, and
     * then the effect is on record without having happened.
     */
    default void recordEffect(AuditEntry effect, AuditLog audit) {
        beforeEffect(effect.action());
        audit.record(effect);
        beforeEffect(effect.action());
    }
}
