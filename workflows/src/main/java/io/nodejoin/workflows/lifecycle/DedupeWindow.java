package io.nodejoin.workflows.lifecycle;

import io.nodejoin.protocol.JoinId;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The latest requests of a node before the running one, the newest last. Each run passes them to the next, so that a
 * redelivered request is recognised.
 */
public record DedupeWindow(List<JoinId> ids) {
    /** The window of a node's first request. */
    public static final DedupeWindow EMPTY = new DedupeWindow(List.of());

    /** More requests of one node than Kafka may redeliver. */
    private static final int MAX_SIZE = 50;

    private static final String SEPARATOR = " ";

    public DedupeWindow {
        ids = List.copyOf(ids.subList(Math.max(0, ids.size() - MAX_SIZE), ids.size()));
    }

    /** Parses the output of {@link #format}; a memo without it is an empty window. */
    public static DedupeWindow parse(@Nullable String text) {
        return text == null || text.isEmpty()
                ? EMPTY
                : new DedupeWindow(
                        Stream.of(text.split(SEPARATOR, -1)).map(JoinId::new).toList());
    }

    /** Returns the window with later requests added; a known request keeps its place. */
    public DedupeWindow plus(Collection<JoinId> later) {
        SequencedSet<JoinId> all = new LinkedHashSet<>(ids);
        all.addAll(later);
        return new DedupeWindow(List.copyOf(all));
    }

    public boolean contains(JoinId id) {
        return ids.contains(id);
    }

    /** Returns the window as a memo value. */
    public String format() {
        return ids.stream().map(JoinId::value).collect(Collectors.joining(SEPARATOR));
    }
}
