package io.nodejoin.dashboard.page;

import io.nodejoin.dashboard.text.Ages;
import io.nodejoin.dashboard.text.Links;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.visibility.join.JoinFilter;
import io.nodejoin.visibility.join.RequestKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The filter of the list as text, as it is in the address and in the form.
 *
 * @param problems what is wrong with it, a sentence each; what is wrong does not filter
 */
public record JoinQuery(
        String cluster,
        String pool,
        String kind,
        String phase,
        String code,
        String node,
        String since,
        String older,
        boolean open,
        List<String> problems) {
    public JoinQuery {
        problems = List.copyOf(problems);
    }

    /** Reads the parameters of an address. */
    public static JoinQuery of(UnaryOperator<String> parameter) {
        JoinQuery text = new JoinQuery(
                parameter.apply("cluster"),
                parameter.apply("pool"),
                parameter.apply("kind"),
                parameter.apply("phase"),
                parameter.apply("code"),
                parameter.apply("node"),
                parameter.apply("since"),
                parameter.apply("older"),
                !parameter.apply("open").isEmpty(),
                List.of());
        return text.withProblems(text.check());
    }

    private JoinQuery withProblems(List<String> found) {
        return new JoinQuery(cluster, pool, kind, phase, code, node, since, older, open, found);
    }

    private List<String> check() {
        List<String> found = new ArrayList<>();
        check(found, "cluster", cluster, clusterName().isPresent(), "is no name of a cluster");
        check(found, "pool", pool, poolName().isPresent(), PoolName.RULE);
        check(found, "kind", kind, requestKind().isPresent(), "is neither join nor leave");
        check(found, "phase", phase, phaseReached().isPresent(), "is no phase");
        check(found, "code", code, errorCode().isPresent(), "is no error code");
        check(
                found,
                "node",
                node,
                JoinFilter.isNodePrefix(node),
                "is no beginning of a node's name: lower-case letters, digits, '-' and '.'");
        check(found, "since", since, Ages.parse(since).isPresent(), "is no period such as 15m, 2h or 7d");
        check(found, "older", older, Ages.parse(older).isPresent(), "is no age such as 90s or 5m");
        return found;
    }

    private static void check(List<String> found, String name, String text, boolean valid, String problem) {
        if (!text.isEmpty() && !valid) {
            found.add("The filter " + name + " was left out: '" + text + "' " + problem + ".");
        }
    }

    /** Returns the filter for Temporal. */
    public JoinFilter filter(Instant now) {
        JoinFilter filter = JoinFilter.all()
                .withCluster(clusterName().orElse(null))
                .withPool(poolName().orElse(null))
                .withPhases(phaseReached().map(Set::of).orElse(Set.of()))
                .withReason(errorCode().orElse(null))
                .withNodePrefix(JoinFilter.isNodePrefix(node) ? node : null)
                .withSince(Ages.parse(since).map(now::minus).orElse(null))
                .withBefore(Ages.parse(older).map(now::minus).orElse(null))
                .withOpenOnly(open);
        return requestKind().map(filter::withKind).orElse(filter);
    }

    private Optional<ClusterName> clusterName() {
        try {
            return cluster.isEmpty() ? Optional.empty() : Optional.of(new ClusterName(cluster));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private Optional<PoolName> poolName() {
        try {
            return pool.isEmpty() ? Optional.empty() : Optional.of(new PoolName(pool));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private Optional<RequestKind> requestKind() {
        return Arrays.stream(RequestKind.values())
                .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(kind))
                .findFirst();
    }

    private Optional<Phase> phaseReached() {
        return Arrays.stream(Phase.values())
                .filter(known -> known.name().equals(phase))
                .findFirst();
    }

    private Optional<ErrorCode> errorCode() {
        return Arrays.stream(ErrorCode.values())
                .filter(known -> known.name().equals(code))
                .findFirst();
    }

    /** Returns the address of the page that begins with this token; empty means the first page. */
    public String href(String page) {
        Map<String, String> parameters = new LinkedHashMap<>();
        put(parameters, "cluster", cluster);
        put(parameters, "pool", pool);
        put(parameters, "kind", kind);
        put(parameters, "phase", phase);
        put(parameters, "code", code);
        put(parameters, "node", node);
        put(parameters, "since", since);
        put(parameters, "older", older);
        put(parameters, "open", open ? "on" : "");
        put(parameters, "page", page);
        return parameters.isEmpty() ? Links.JOINS : Links.joins(parameters);
    }

    private static void put(Map<String, String> parameters, String name, String value) {
        if (!value.isEmpty()) {
            parameters.put(name, value);
        }
    }
}
