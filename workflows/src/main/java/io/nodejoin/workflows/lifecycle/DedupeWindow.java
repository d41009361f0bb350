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
 * The requests of a node that have had their answer before the one that runs, the latest last. A run hands them on to the next, so that
 * whichever of them comes again is recognised.
 */
public record DedupeWindow(List<JoinId> ids) {
    /** Of a node's first request. */
    public static final DedupeWindow EMPTY = new DedupeWindow(List.of());

    /** More than the requests of a node that Kafka may deliver again. */
    private static final int MAX_SIZE = 50;

    private static final String SEPARATOR = " ";

    public DedupeWindow {
        ids = List.copyOf(ids.subList(Math.max(0, ids.size() - MAX_SIZE), ids.size()));
    }

    /** Reads what {@link #format} wrote; a memo without it says that there were none. */
    public static DedupeWindow parse(@Nullable String text) {
        return text == null || text.isEmpty()
                ? EMPTY
                : new DedupeWindow(
                        Stream.of(text.split(SEPARATOR, -1)).map(JoinId::new).toList());
    }

    /** These and later ones; one that is among them already stays where it is. */
    public DedupeWindow plus(Collection<JoinId> later) {
        SequencedSet<JoinId> all = new LinkedHashSet<>(ids);
        all.addAll(later);
        return new DedupeWindow(List.copyOf(all));
    }

    public boolean contains(JoinId id) {
        return ids.contains(id);
    }

    /** As a memo holds them. */
    public String format() {
        return ids.stream().map(JoinId::value).collect(Collectors.joining(SEPARATOR));
    }
}
