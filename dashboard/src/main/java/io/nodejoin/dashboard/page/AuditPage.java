package io.nodejoin.dashboard.page;

import io.nodejoin.dashboard.AuditTrail;
import io.nodejoin.dashboard.text.Format;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Entries of the audit log.
 *
 * @param problem why there are none; null if they could be read
 */
public record AuditPage(
        PageLayout layout,
        AuditQuery query,
        AuditTrail.Page page,
        Instant now,
        @Nullable String problem) {

    public String time(AuditTrail.Entry entry) {
        return Format.time(entry.time(), now);
    }

    /** Returns the details of an entry on one line. */
    public static String results(AuditTrail.Entry entry) {
        return entry.results().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(result -> result.getKey() + "=" + result.getValue())
                .collect(Collectors.joining(", "));
    }

    /** Returns the address of older entries; null if there are none. */
    public @Nullable String older() {
        Long next = page.next();
        return next == null ? null : query.href(next);
    }

    /** Returns the address of the newest entries; null if they are shown. */
    public @Nullable String newest() {
        return query.before() == AuditTrail.END ? null : query.href(AuditTrail.END);
    }
}
