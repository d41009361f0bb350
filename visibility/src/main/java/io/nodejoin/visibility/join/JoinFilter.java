package io.nodejoin.visibility.join;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.lifecycle.MachineBindingWorkflow;
import io.temporal.common.SearchAttributeKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which joins and leaves are meant; each condition narrows.
 *
 * @param kinds joins, leaves or both; never empty
 * @param pool the pool that the request names; null for any, and for those that name none
 * @param phases the phase reached last; empty for any
 * @param nodePrefix how the node's name begins; null for any
 * @param openOnly whether only those that have not ended are meant
 * @param since only those that started at this time or later; null for any
 * @param before only those that started before this time; null for any
 */
public record JoinFilter(
        Set<RequestKind> kinds,
        @Nullable ClusterName cluster,
        @Nullable PoolName pool,
        Set<Phase> phases,
        @Nullable ErrorCode reason,
        @Nullable String nodePrefix,
        boolean openOnly,
        @Nullable Instant since,
        @Nullable Instant before) {
    /** A run that has got a machine continues as another one, which is the same join. */
    private static final String NOT_HANDED_OVER =
            "(WorkflowType != '%s' OR ExecutionStatus != 'ContinuedAsNew' OR %s != '%s')"
                    .formatted(
                            MachineBindingWorkflow.class.getSimpleName(),
                            JoinSearchAttributes.PHASE.getName(),
                            Phase.Requested);

    private static final Pattern PREFIX = Pattern.compile("[a-z0-9][-.a-z0-9]{0,252}");

    public JoinFilter {
        kinds = kinds.isEmpty() ? EnumSet.allOf(RequestKind.class) : EnumSet.copyOf(kinds);
        phases = Set.copyOf(phases);
        if (nodePrefix != null && !isNodePrefix(nodePrefix)) {
            throw new IllegalArgumentException(
                    "is no beginning of a node's name: lower-case letters, digits, '-' and '.'");
        }
    }

    /** Returns whether a node's name can begin so. */
    public static boolean isNodePrefix(String text) {
        return PREFIX.matcher(text).matches();
    }

    /** Returns the filter that all joins and leaves pass. */
    public static JoinFilter all() {
        return new JoinFilter(EnumSet.allOf(RequestKind.class), null, null, Set.of(), null, null, false, null, null);
    }

    /** Returns the filter that all joins and leaves pass which have not ended. */
    public static JoinFilter open() {
        return all().withOpenOnly(true);
    }

    public JoinFilter withKind(RequestKind kind) {
        return new JoinFilter(EnumSet.of(kind), cluster, pool, phases, reason, nodePrefix, openOnly, since, before);
    }

    public JoinFilter withCluster(@Nullable ClusterName newCluster) {
        return new JoinFilter(kinds, newCluster, pool, phases, reason, nodePrefix, openOnly, since, before);
    }

    public JoinFilter withPool(@Nullable PoolName newPool) {
        return new JoinFilter(kinds, cluster, newPool, phases, reason, nodePrefix, openOnly, since, before);
    }

    public JoinFilter withPhases(Set<Phase> newPhases) {
        return new JoinFilter(kinds, cluster, pool, newPhases, reason, nodePrefix, openOnly, since, before);
    }

    public JoinFilter withReason(@Nullable ErrorCode newReason) {
        return new JoinFilter(kinds, cluster, pool, phases, newReason, nodePrefix, openOnly, since, before);
    }

    public JoinFilter withNodePrefix(@Nullable String newPrefix) {
        return new JoinFilter(kinds, cluster, pool, phases, reason, newPrefix, openOnly, since, before);
    }

    public JoinFilter withOpenOnly(boolean newOpenOnly) {
        return new JoinFilter(kinds, cluster, pool, phases, reason, nodePrefix, newOpenOnly, since, before);
    }

    public JoinFilter withSince(@Nullable Instant newSince) {
        return new JoinFilter(kinds, cluster, pool, phases, reason, nodePrefix, openOnly, newSince, before);
    }

    public JoinFilter withBefore(@Nullable Instant newBefore) {
        return new JoinFilter(kinds, cluster, pool, phases, reason, nodePrefix, openOnly, since, newBefore);
    }

    /** Returns the filter as a query of Temporal's visibility. Each value has a grammar without quotes. */
    String toQuery() {
        List<String> conditions = new ArrayList<>();
        conditions.add(in(
                "WorkflowType",
                kinds.stream().flatMap(kind -> kind.workflowTypes().stream()).toList()));
        if (cluster != null) {
            conditions.add(equal(JoinSearchAttributes.CLUSTER, cluster.value()));
        }
        if (pool != null) {
            conditions.add(equal(JoinSearchAttributes.POOL, pool.value()));
        }
        if (!phases.isEmpty()) {
            conditions.add(in(
                    JoinSearchAttributes.PHASE.getName(),
                    phases.stream().sorted().map(Phase::name).toList()));
        }
        if (reason != null) {
            conditions.add(equal(JoinSearchAttributes.REASON, reason.name()));
        }
        if (nodePrefix != null) {
            conditions.add(JoinSearchAttributes.NODE.getName() + " STARTS_WITH '" + nodePrefix + "'");
        }
        if (openOnly) {
            conditions.add("ExecutionStatus = 'Running'");
        }
        if (since != null) {
            conditions.add("StartTime >= '" + since + "'");
        }
        if (before != null) {
            conditions.add("StartTime < '" + before + "'");
        }
        if (kinds.contains(RequestKind.JOIN) && !openOnly) {
            conditions.add(NOT_HANDED_OVER);
        }
        return String.join(" AND ", conditions);
    }

    private static String equal(SearchAttributeKey<String> attribute, String value) {
        return attribute.getName() + " = '" + value + "'";
    }

    private static String in(String attribute, Collection<String> values) {
        return values.stream().collect(Collectors.joining("', '", attribute + " IN ('", "')"));
    }
}
