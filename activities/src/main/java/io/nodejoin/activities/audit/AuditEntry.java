package io.nodejoin.activities.audit;

import io.nodejoin.protocol.ClusterName;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One effect that is about to happen, or one that was refused. Contains no secret.
 *
 * @param cluster null only for a refused request that named no cluster
 * @param join the join id, or the workflow id of a step that knows only the node
 * @param action such as {@code token.create}
 * @param object such as {@code secrets/kube-system/bootstrap-token-abcdef}
 * @param results the rules that decided, each with its result
 */
public record AuditEntry(
        @Nullable ClusterName cluster, String join, String action, String object, Map<String, String> results) {
    public AuditEntry {
        results = new TreeMap<>(results);
    }

    /** Creates the entry of an effect that no rule decides. */
    public AuditEntry(ClusterName cluster, String join, String action, String object) {
        this(cluster, join, action, object, Map.of());
    }
}
