package io.nodejoin.activities.kubernetes.clusterinfo;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.util.List;
import java.util.Optional;
import java.util.stream.Gatherers;

/**
 * Checks that anonymous users may read cluster-info and nothing else. The access reviews run concurrently, because a
 * join waits for them.
 */
public final class AnonymousRights {
    private static final String KUBE_SYSTEM = "kube-system";

    /** Rights that anonymous users must not have. */
    private static final List<ResourceAccess> FORBIDDEN = List.of(
            ResourceAccess.to("list", "", "secrets"),
            ResourceAccess.to("get", "", "secrets").in(KUBE_SYSTEM),
            ResourceAccess.to("list", "", "configmaps").in(KUBE_SYSTEM),
            ResourceAccess.to("list", "", "nodes"),
            ResourceAccess.to("list", "", "pods"),
            ResourceAccess.to("create", "", "pods").in(KUBE_SYSTEM),
            ResourceAccess.to("create", "certificates.k8s.io", "certificatesigningrequests"));

    private static final ResourceAccess DISCOVERY =
            ResourceAccess.to("get", "", "configmaps").in("kube-public").named("cluster-info");

    private final Authorizer authorizer;

    public AnonymousRights(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    /** Returns the rights that anonymous users have but must not have, with the bindings that allow them, or empty. */
    public Optional<Problem> findExcess() {
        List<String> excess = FORBIDDEN.stream()
                .gather(Gatherers.mapConcurrent(FORBIDDEN.size(), this::findExcess))
                .flatMap(Optional::stream)
                .toList();
        return excess.isEmpty()
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.ANONYMOUS_ACCESS_TOO_WIDE,
                        "anyone without a credential may " + String.join(", ", excess)));
    }

    /** Returns the right that anonymous users lack and that a joining host needs, or empty. */
    public Optional<Problem> findMissing() {
        return authorizer.review(Authorizer.Identity.ANONYMOUS, DISCOVERY).allowed()
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.CLUSTER_NOT_PREPARED,
                        "hosts may not " + DISCOVERY.describe()
                                + " without a credential; 'nodejoin cluster prepare' makes "
                                + "the RoleBinding nodejoin:cluster-info-reader"));
    }

    private Optional<String> findExcess(ResourceAccess access) {
        Authorizer.Decision decision = authorizer.review(Authorizer.Identity.ANONYMOUS, access);
        return decision.allowed()
                ? Optional.of(access.describe() + " (by " + decision.grantedBy() + ")")
                : Optional.empty();
    }
}
