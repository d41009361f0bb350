package io.nodejoin.visibility.join;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds the start of the oldest join. Temporal's SQL visibility does not sort, so it looks for the oldest age class that
 * has any join, and there at one page.
 */
final class OldestSearch {
    private static final int PAGE_SIZE = 200;
    private static final List<Duration> AGES = List.of(
            Duration.ofHours(24),
            Duration.ofHours(4),
            Duration.ofHours(1),
            Duration.ofMinutes(20),
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            Duration.ofSeconds(15),
            Duration.ZERO);

    private final JoinDirectory directory;

    OldestSearch(JoinDirectory directory) {
        this.directory = directory;
    }

    Lookup<Optional<Instant>> oldest(JoinFilter filter, Instant now) {
        Lookup<Long> any = directory.count(filter);
        if (!(any instanceof Lookup.Found<Long>(Long count)) || count == 0) {
            return any.map(_ -> Optional.empty());
        }
        for (Duration age : AGES) {
            JoinFilter older = age.isZero() ? filter : filter.withBefore(now.minus(age));
            Lookup<Optional<Instant>> found = oldestOfOnePage(older);
            if (!(found instanceof Lookup.Found<Optional<Instant>>(Optional<Instant> start)) || start.isPresent()) {
                return found;
            }
        }
        return new Lookup.Found<>(Optional.empty());
    }

    private Lookup<Optional<Instant>> oldestOfOnePage(JoinFilter filter) {
        return directory
                .list(filter, PAGE_SIZE, PageToken.FIRST)
                .map(page -> page.joins().stream().map(JoinSummary::startedAt).min(Comparator.naturalOrder()));
    }
}
