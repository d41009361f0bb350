package io.nodejoin.visibility.agent;

import java.util.List;
import java.util.Map;

/**
 * The answers of the gateway replicas that Temporal knows.
 *
 * @param byReplica the answers, by the replica's instance name
 * @param silent the replicas that did not answer: they are gone, or start, or have an older version
 */
public record ReplicaAnswers<T>(Map<String, T> byReplica, List<String> silent) {
    public ReplicaAnswers {
        byReplica = Map.copyOf(byReplica);
        silent = List.copyOf(silent);
    }
}
