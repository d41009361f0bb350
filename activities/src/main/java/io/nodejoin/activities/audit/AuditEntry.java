package io.nodejoin.activities.audit;

import io.nodejoin.protocol.ClusterName;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One effect that is about to happen, or one that was refused. Holds no secret.
 *
 * @param cluster null only where a caller was refused who named none
 * @param join the join id, or the workflow's id where a step knows the node alone
 * @param action such as {@code token.create}
 * @param object such as {@code secrets/kube-system/bootstrap-token-abcdef}
 * @param results what was decided by, rule by rule
 */
public record AuditEntry(
        @Nullable ClusterName cluster, String join, String action, String object, Map<String, String> results) {
    public AuditEntry {
        results = new TreeMap<>(results);
    }

    /** An effect that no rule decides. */
    public AuditEntry(ClusterName cluster, String join, String action, String object) {
        this(cluster, join, action, object, Map.of());
    }
}
