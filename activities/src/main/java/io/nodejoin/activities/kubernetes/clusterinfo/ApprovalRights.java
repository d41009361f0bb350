package io.nodejoin.activities.kubernetes.clusterinfo;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether kube-controller-manager would approve what Nodejoin's tokens ask for. It approves a kubelet's first request, for
 * any node name, if whoever made the request may create {@code certificatesigningrequests/nodeclient}.
 */
public final class ApprovalRights {
    /** Groups of every token of Nodejoin; the API server itself adds the first and the last. */
    public static final List<String> GROUPS =
            List.of("system:bootstrappers", "system:bootstrappers:nodejoin", "system:authenticated");

    /** No token has this id: ids have six characters. */
    public static final Identity TOKEN_USER = new Identity("system:bootstrap:nodejoin-probe", GROUPS);

    private static final ResourceAccess AUTO_APPROVAL =
            ResourceAccess.to("create", "certificates.k8s.io", "certificatesigningrequests/nodeclient");

    private final Authorizer authorizer;

    public ApprovalRights(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    /** What stands against joins whose certificates are approved in this way, or empty. */
    public Optional<Problem> findProblem(ApprovalMode mode) {
        AccessDecision decision = authorizer.review(TOKEN_USER, AUTO_APPROVAL);
        return switch (mode) {
            case NODEJOIN -> decision.allowed() ? Optional.of(bypassesNodejoin(decision)) : Optional.empty();
            case CLUSTER -> decision.allowed() ? Optional.empty() : Optional.of(autoApprovalMissing());
        };
    }

    /** A review names one binding. Whoever removes that one should not have to find the next by another failure. */
    private Problem bypassesNodejoin(AccessDecision decision) {
        Set<String> grants = new LinkedHashSet<>(List.of(decision.grantedBy()));
        for (String group : GROUPS) {
            AccessDecision groupDecision =
                    authorizer.review(new Identity(TOKEN_USER.user(), List.of(group)), AUTO_APPROVAL);
            if (groupDecision.allowed()) {
                grants.add(groupDecision.grantedBy());
            }
        }
        return new Problem(
                ErrorCode.CLUSTER_AUTO_APPROVES_CSRS,
                "kube-controller-manager approves a certificate for any node name to whoever holds a bootstrap token, by "
                        + String.join(", and by ", grants));
    }

    private static Problem autoApprovalMissing() {
        return new Problem(
                ErrorCode.CLUSTER_NOT_PREPARED,
                "approval is left to the cluster, but no ClusterRoleBinding lets the group system:bootstrappers:nodejoin "
                        + "create certificatesigningrequests/nodeclient, so kube-controller-manager would approve nothing; "
                        + "'nodejoin cluster prepare --approval cluster' makes nodejoin:node-autoapprove-bootstrap");
    }
}
