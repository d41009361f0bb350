package io.nodejoin.workflows.join;

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
public record EarlierRequests(List<JoinId> ids) {
    /** Of a node's first request. */
    public static final EarlierRequests NONE = new EarlierRequests(List.of());

    /** More than the requests of a node that Kafka may deliver again. */
    private static final int LONGEST = 50;

    private static final String SEPARATOR = " ";

    public EarlierRequests {
        ids = List.copyOf(ids.subList(Math.max(0, ids.size() - LONGEST), ids.size()));
    }

    /** Reads what {@link #text} wrote; a memo without it says that there were none. */
    public static EarlierRequests of(@Nullable String text) {
        return text == null || text.isEmpty()
                ? NONE
                : new EarlierRequests(
                        Stream.of(text.split(SEPARATOR, -1)).map(JoinId::new).toList());
    }

    /** These and later ones; one that is among them already stays where it is. */
    public EarlierRequests and(Collection<JoinId> later) {
        SequencedSet<JoinId> all = new LinkedHashSet<>(ids);
        all.addAll(later);
        return new EarlierRequests(List.copyOf(all));
    }

    public boolean contains(JoinId id) {
        return ids.contains(id);
    }

    /** As a memo holds them. */
    public String text() {
        return ids.stream().map(JoinId::value).collect(Collectors.joining(SEPARATOR));
    }
}
