package io.nodejoin.activities.kubernetes.clusterinfo;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.util.List;
import java.util.Optional;
import java.util.stream.Gatherers;

/** Whether those without a credential may read cluster-info, and nothing more. All questions are asked at once: a join waits for the answers. */
public final class AnonymousRights {
    private static final String KUBE_SYSTEM = "kube-system";

    /** What would help someone who has no token, of all that could be asked. */
    private static final List<Access> TOO_WIDE = List.of(
            Access.to("list", "", "secrets"),
            Access.to("get", "", "secrets").in(KUBE_SYSTEM),
            Access.to("list", "", "configmaps").in(KUBE_SYSTEM),
            Access.to("list", "", "nodes"),
            Access.to("list", "", "pods"),
            Access.to("create", "", "pods").in(KUBE_SYSTEM),
            Access.to("create", "certificates.k8s.io", "certificatesigningrequests"));

    private static final Access DISCOVERY =
            Access.to("get", "", "configmaps").in("kube-public").named("cluster-info");

    private final Authorizer authorizer;

    public AnonymousRights(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    /** What anonymous may do and must not, with the bindings that allow it, or empty. */
    public Optional<Problem> excess() {
        List<String> excess = TOO_WIDE.stream()
                .gather(Gatherers.mapConcurrent(TOO_WIDE.size(), this::excess))
                .flatMap(Optional::stream)
                .toList();
        return excess.isEmpty()
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.CLUSTER_ANON_TOO_WIDE,
                        "anyone without a credential may " + String.join(", ", excess)));
    }

    /** What stands in the way of a host that is yet to find its cluster, or empty. */
    public Optional<Problem> lack() {
        return authorizer.ask(Identity.ANONYMOUS, DISCOVERY).allowed()
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.CLUSTER_NOT_PREPARED,
                        "hosts may not " + DISCOVERY.text() + " without a credential; 'nodejoin cluster prepare' makes "
                                + "the RoleBinding nodejoin:cluster-info-reader"));
    }

    private Optional<String> excess(Access access) {
        Ruling ruling = authorizer.ask(Identity.ANONYMOUS, access);
        return ruling.allowed() ? Optional.of(access.text() + " (by " + ruling.because() + ")") : Optional.empty();
    }
}
