package io.nodejoin.dashboard.page;

import io.nodejoin.dashboard.AuditTrail;
import io.nodejoin.dashboard.text.Links;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Which entries of the audit log are asked for.
 *
 * @param join a join id; empty means any
 * @param node {@code CLUSTER/NODE}; empty means any
 * @param before the position to read back from
 */
public record AuditQuery(String join, String node, long before) {

    /** Reads the parameters of an address; empty if one of them is none. */
    public static Optional<AuditQuery> of(UnaryOperator<String> parameter) {
        String page = parameter.apply("page");
        try {
            AuditQuery query = new AuditQuery(
                    parameter.apply("join"),
                    parameter.apply("node"),
                    page.isEmpty() ? AuditTrail.END : Long.parseLong(page));
            return query.before < 0
                            || (!query.node.isEmpty() && query.workflow().isEmpty())
                    ? Optional.empty()
                    : Optional.of(query);
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /** Returns what entries name the join by. */
    public Set<String> joins() {
        Set<String> joins = new LinkedHashSet<>();
        if (!join.isEmpty()) {
            joins.add(join);
        }
        workflow().ifPresent(joins::add);
        return joins;
    }

    private Optional<String> workflow() {
        int slash = node.indexOf('/');
        try {
            return slash < 0
                    ? Optional.empty()
                    : Optional.of(NodeJoinWorkflow.workflowId(
                            new ClusterName(node.substring(0, slash)), new NodeName(node.substring(slash + 1))));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** Returns the address of the page that goes on from this position. */
    public String href(long position) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (!join.isEmpty()) {
            parameters.put("join", join);
        }
        if (!node.isEmpty()) {
            parameters.put("node", node);
        }
        if (position != AuditTrail.END) {
            parameters.put("page", Long.toString(position));
        }
        return Links.audit(parameters);
    }
}
