package io.nodejoin.visibility.event;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The events of the last hours in memory: single events for the page of a join, and of each ended join what statistics
 * need. Bounded by age and by number; the oldest go first. Thread-safe.
 */
public final class RecentEvents implements TopicFeed.Sink {
    private final Limits limits;
    private final InstantSource clock;
    private final SequencedMap<String, PublishedEvent> events = new LinkedHashMap<>();
    private final SequencedMap<JoinId, EndedJoin> ended = new LinkedHashMap<>();
    private final PhaseDurationHistory week;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    public RecentEvents(Limits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
        this.week = new PhaseDurationHistory(limits.joinsOfWeek());
    }

    /**
     * How much is held.
     *
     * @param age how old an event may be
     * @param events how many events at most; about 700 bytes each
     * @param joins how many ended joins at most; about 600 bytes each
     * @param joinsOfWeek of how many joins of a week at most the phase durations are known; about 120 bytes each
     */
    public record Limits(Duration age, int events, int joins, int joinsOfWeek) {
        /** A day, and about 30 MB at most. */
        public static final Limits DEFAULT = new Limits(Duration.ofHours(24), 20_000, 20_000, 40_000);
    }

    /** Is told of each event once, by the thread that reads the topic: it must not block. */
    @FunctionalInterface
    public interface Listener {
        void published(PublishedEvent event);
    }

    @Override
    public void add(ConsumerRecord<byte[], byte[]> read) {
        EventDecoder.decode(read).ifPresent(this::add);
    }

    /** Adds an event, unless it is known already. */
    public void add(PublishedEvent event) {
        if (store(event)) {
            listeners.forEach(listener -> listener.published(event));
        }
    }

    private synchronized boolean store(PublishedEvent event) {
        if (event.time().isBefore(oldest()) || events.putIfAbsent(event.id(), event) != null) {
            return false;
        }
        EndedJoin.of(event).ifPresent(join -> {
            ended.put(join.joinId(), join);
            week.add(join);
        });
        removeOldest(events, limits.events());
        removeOldest(ended, limits.joins());
        return true;
    }

    private static void removeOldest(SequencedMap<?, ?> map, int max) {
        while (map.size() > max) {
            map.pollFirstEntry();
        }
    }

    /** Has the listener called for each new event, until the subscription is closed. */
    public Subscription subscribe(Listener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** A listener that is registered. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /** Returns the latest events, the newest first. */
    public synchronized List<PublishedEvent> latest(int max) {
        return events.sequencedValues().reversed().stream().limit(max).toList();
    }

    /** Returns the events of a join or leave in the order in which they were published. */
    public synchronized List<PublishedEvent> of(JoinId joinId) {
        return events.values().stream()
                .filter(event -> joinId.equals(event.joinId()))
                .toList();
    }

    /** Returns the ended joins that left something behind, the newest first. */
    public synchronized List<EndedJoin> withResidue() {
        removeExpired();
        return ended.sequencedValues().reversed().stream()
                .filter(join -> !join.unproved().isEmpty())
                .toList();
    }

    /** Returns statistics of the joins that ended in the period before now, of one cluster or of all. */
    public JoinStatistics statistics(@Nullable ClusterName cluster, Duration period) {
        return JoinStatistics.of(period, ended(cluster, clock.instant().minus(period), Instant.MAX));
    }

    /** Returns statistics of the joins that ended in a period that ended some time ago. */
    public JoinStatistics statisticsBefore(Duration ago, Duration period) {
        Instant until = clock.instant().minus(ago);
        return JoinStatistics.of(period, ended(null, until.minus(period), until));
    }

    /** Returns the phase durations of the joins of the last week. */
    public PhaseDurationHistory week() {
        return week;
    }

    /** Returns how old an event may be. */
    Duration reach() {
        return limits.age();
    }

    private synchronized List<EndedJoin> ended(@Nullable ClusterName cluster, Instant since, Instant until) {
        removeExpired();
        List<EndedJoin> found = new ArrayList<>();
        for (EndedJoin join : ended.values()) {
            if (!join.endedAt().isBefore(since)
                    && join.endedAt().isBefore(until)
                    && (cluster == null || cluster.equals(join.cluster()))) {
                found.add(join);
            }
        }
        return found;
    }

    private void removeExpired() {
        Instant oldest = oldest();
        removeWhileOlder(events, oldest, PublishedEvent::time);
        removeWhileOlder(ended, oldest, EndedJoin::endedAt);
    }

    private static <V> void removeWhileOlder(Map<?, V> map, Instant oldest, Function<V, Instant> time) {
        Iterator<V> values = map.values().iterator();
        while (values.hasNext() && time.apply(values.next()).isBefore(oldest)) {
            values.remove();
        }
    }

    private Instant oldest() {
        return clock.instant().minus(limits.age());
    }
}
