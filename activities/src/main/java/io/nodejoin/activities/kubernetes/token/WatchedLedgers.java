package io.nodejoin.activities.kubernetes.token;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The ledgers as watches last saw them, and the entries that this process has created since, so that a join needs no list
 * of the ledger. Knows nothing of a cluster while its watch is interrupted, or seems to have stalled: it does once an entry
 * of this process has not appeared for five seconds.
 *
 * <p>What another process has just written may be missing. A caller that must not miss it asks the API server.
 */
final class WatchedLedgers {
    private static final long STALLED_NANOS = Duration.ofSeconds(5).toNanos();
    /** An entry that has not appeared by then was deleted by others before the watch told of it. */
    private static final long FORGOTTEN_NANOS = Duration.ofMinutes(1).toNanos();

    private final Function<ClusterName, Optional<List<ConfigMap>>> watched;
    private final BiFunction<ClusterName, String, Optional<List<ConfigMap>>> watchedOfJoin;
    private final LongSupplier nanoTime;
    private final Map<TokenRef, Created> created = new ConcurrentHashMap<>();

    private record Created(TokenLedger.Entry entry, long at) {}

    /**
     * @param watched returns all entries of joins of a cluster; empty while they are not watched
     * @param watchedOfJoin as that, of one join
     * @param nanoTime a monotonic clock, as {@link System#nanoTime()}
     */
    WatchedLedgers(
            Function<ClusterName, Optional<List<ConfigMap>>> watched,
            BiFunction<ClusterName, String, Optional<List<ConfigMap>>> watchedOfJoin,
            LongSupplier nanoTime) {
        this.watched = watched;
        this.watchedOfJoin = watchedOfJoin;
        this.nanoTime = nanoTime;
    }

    /** Adds an entry that this process has created. */
    void created(TokenLedger.Entry entry) {
        created.put(entry.token(), new Created(entry, nanoTime.getAsLong()));
    }

    /** Forgets an entry that this process has deleted, or is about to. */
    void deleted(TokenRef token) {
        created.remove(token);
    }

    /** Returns the entries of one join; empty while the ledger of the cluster is not known. */
    Optional<List<TokenLedger.Entry>> ofJoin(ClusterName cluster, JoinId join) {
        return isStalled(cluster)
                ? Optional.empty()
                : watchedOfJoin.apply(cluster, join.value()).map(found -> withCreated(cluster, join, found));
    }

    /** Returns the entry of this token; empty if it is not known to be this join's. */
    Optional<TokenLedger.Entry> find(TokenRef token) {
        return ofJoin(token.cluster(), token.joinId()).stream()
                .flatMap(List::stream)
                .filter(entry -> entry.token().equals(token))
                .findFirst();
    }

    /** Counts the entries of the cluster, including those that cannot be parsed; empty while they are not known. */
    OptionalInt count(ClusterName cluster) {
        if (isStalled(cluster)) {
            return OptionalInt.empty();
        }
        return watched.apply(cluster).stream()
                .mapToInt(found -> entries(found) + unseen(cluster))
                .findFirst();
    }

    private static int entries(List<ConfigMap> found) {
        return (int) found.stream().filter(TokenLedger::isEntry).count();
    }

    private List<TokenLedger.Entry> withCreated(ClusterName cluster, JoinId join, List<ConfigMap> found) {
        List<TokenLedger.Entry> all = new ArrayList<>(found.stream()
                .flatMap(one -> TokenLedger.parse(cluster, one).stream())
                .toList());
        List<TokenRef> seen = all.stream().map(TokenLedger.Entry::token).toList();
        created.values().stream()
                .map(Created::entry)
                .filter(entry -> entry.token().cluster().equals(cluster)
                        && entry.token().joinId().equals(join)
                        && !seen.contains(entry.token()))
                .forEach(all::add);
        return all;
    }

    private int unseen(ClusterName cluster) {
        return (int) created.keySet().stream()
                .filter(token -> token.cluster().equals(cluster))
                .count();
    }

    private boolean isStalled(ClusterName cluster) {
        long now = nanoTime.getAsLong();
        created.values().removeIf(one -> now - one.at() >= FORGOTTEN_NANOS || hasAppeared(one.entry()));
        return created.values().stream()
                .anyMatch(one -> one.entry().token().cluster().equals(cluster) && now - one.at() >= STALLED_NANOS);
    }

    private boolean hasAppeared(TokenLedger.Entry entry) {
        TokenRef token = entry.token();
        return watchedOfJoin.apply(token.cluster(), token.joinId().value()).stream()
                .flatMap(List::stream)
                .flatMap(found -> TokenLedger.parse(token.cluster(), found).stream())
                .anyMatch(found -> found.token().equals(token));
    }
}
