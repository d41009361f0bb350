package io.nodejoin.service.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;

/** Writes through the delegate, and counts written entries: there is one before each effect. */
public final class CountingAuditLog implements AuditLog {
    private final AuditLog audit;
    private final MeterRegistry meters;

    public CountingAuditLog(AuditLog audit, MeterRegistry meters) {
        this.audit = audit;
        this.meters = meters;
    }

    @Override
    public void record(AuditEntry entry) {
        audit.record(entry);
        String cluster = entry.cluster() == null ? "" : entry.cluster().value();
        meters.counter(ScrapedMeter.EFFECTS.id(), "cluster", cluster, "action", entry.action())
                .increment();
    }
}
