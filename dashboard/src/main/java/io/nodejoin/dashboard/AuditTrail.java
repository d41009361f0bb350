package io.nodejoin.dashboard;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The audit log of the replica that answers, which other replicas do not have. */
public interface AuditTrail {
    /** The position of the newest entry. */
    long END = Long.MAX_VALUE;

    /**
     * Reads entries, the newest first. Looks at a bounded part of the log: a page may have fewer entries than there are
     * before its next one.
     *
     * @param joins whose entries to read, by join id or workflow id; empty means all
     * @param before the position to read back from, from a page, or {@link #END}
     * @param limit the most entries
     */
    Page read(Set<String> joins, long before, int limit) throws IOException;

    /**
     * An entry.
     *
     * @param actor the replica
     * @param join the join id, or the workflow id of a step that knows only the node
     */
    record Entry(
            Instant time,
            String actor,
            @Nullable String cluster,
            String join,
            String action,
            String object,
            Map<String, String> results) {
        public Entry {
            results = Map.copyOf(results);
        }
    }

    /**
     * A page of entries.
     *
     * @param next the position to go on from; null at the beginning of the log
     */
    record Page(List<Entry> entries, @Nullable Long next) {
        public Page {
            entries = List.copyOf(entries);
        }
    }
}
