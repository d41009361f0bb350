package io.nodejoin.dashboard.text;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.pool.PoolRef;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The addresses of the pages. */
public final class Links {
    public static final String OVERVIEW = "/";
    public static final String JOINS = "/joins";
    public static final String OPEN = "/joins?open=on";
    public static final String POOLS = "/pools";
    public static final String AGENTS = "/agents";
    public static final String DEAD_LETTERS = "/dead-letters";
    public static final String AUDIT = "/audit";
    public static final String SIGN_IN = "/sign-in";
    public static final String SIGN_OUT = "/sign-out";
    public static final String SIGNED_OUT = "/signed-out";
    public static final String PASSWORD = "/password";
    public static final String PARTS = "/#parts";

    private Links() {}

    /** Returns the page of a node's join. */
    public static String join(ClusterName cluster, NodeName node) {
        return JOINS + "/" + cluster + "/" + node;
    }

    /** Returns the page of a node's join. */
    public static String join(NodeRef node) {
        return join(node.cluster(), node.name());
    }

    /** Returns the audit log, filtered. */
    public static String audit(Map<String, String> parameters) {
        return AUDIT + query(parameters);
    }

    /** Returns the page that asks whether to abort a node's join. */
    public static String abort(NodeRef node) {
        return join(node) + "/abort";
    }

    /** Returns the page that asks how much longer a node's join may take. */
    public static String extend(NodeRef node) {
        return join(node) + "/extend";
    }

    /** Returns the page that asks whether to publish a dead letter again. */
    public static String replay(int partition, long offset) {
        return DEAD_LETTERS + "/" + partition + "/" + offset + "/replay";
    }

    /** Returns the page that asks whether joins take no more machines of a pool. */
    public static String drain(PoolRef pool) {
        return pool(pool) + "/drain";
    }

    /** Returns the page that asks whether joins take machines of a pool again. */
    public static String undrain(PoolRef pool) {
        return pool(pool) + "/undrain";
    }

    private static String pool(PoolRef pool) {
        return POOLS + "/" + pool.cluster() + "/" + pool.pool();
    }

    /** Returns the list of those that are in this phase now. */
    public static String inPhase(Phase phase) {
        return joins(ordered("phase", phase.name(), "open", "on"));
    }

    /** Returns the list of those of a cluster that are in this phase now. */
    public static String inPhase(ClusterName cluster, Phase phase) {
        return joins(ordered("cluster", cluster.value(), "phase", phase.name(), "open", "on"));
    }

    /** Returns the list of those that ended in this phase since some time ago. */
    public static String ended(ClusterName cluster, Phase phase, String since) {
        return joins(ordered("cluster", cluster.value(), "phase", phase.name(), "since", since));
    }

    /** Returns the list of those of a cluster since some time ago. */
    public static String since(ClusterName cluster, String since) {
        return joins(ordered("cluster", cluster.value(), "since", since));
    }

    /** Returns the list of those of a cluster that run. */
    public static String open(ClusterName cluster) {
        return joins(ordered("cluster", cluster.value(), "open", "on"));
    }

    /** Returns the list of those that failed with this code since some time ago. */
    public static String failed(ErrorCode code, String since) {
        return joins(ordered("code", code.name(), "since", since));
    }

    /** Returns the list of the joins that run for longer than this. */
    public static String olderThan(Duration age) {
        return joins(ordered("kind", "join", "open", "on", "older", age.toSeconds() + "s"));
    }

    /** Returns the list of joins with these parameters. */
    public static String joins(Map<String, String> parameters) {
        return JOINS + query(parameters);
    }

    private static String query(Map<String, String> parameters) {
        return parameters.isEmpty()
                ? ""
                : parameters.entrySet().stream()
                        .map(parameter -> encode(parameter.getKey()) + "=" + encode(parameter.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static Map<String, String> ordered(String... pairs) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            parameters.put(pairs[i], pairs[i + 1]);
        }
        return parameters;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
