package io.nodejoin.activities.kubernetes.clusterinfo;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Checks whether kube-controller-manager would approve the CSRs of Nodejoin's tokens. It approves a kubelet's first
 * CSR, for any node name, if its requester may create {@code certificatesigningrequests/nodeclient}.
 */
public final class ApprovalRights {
    /** The groups of Nodejoin's tokens; the API server itself adds the first and the last. */
    public static final List<String> GROUPS =
            List.of("system:bootstrappers", "system:bootstrappers:nodejoin", "system:authenticated");

    /** No token has this id: ids have six characters. */
    public static final Authorizer.Identity TOKEN_USER =
            new Authorizer.Identity("system:bootstrap:nodejoin-probe", GROUPS);

    private static final ResourceAccess AUTO_APPROVAL =
            ResourceAccess.to("create", "certificates.k8s.io", "certificatesigningrequests/nodeclient");

    private final Authorizer authorizer;

    public ApprovalRights(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    /** Returns the problem of joins in this approval mode, or empty. */
    public Optional<Problem> findProblem(ApprovalMode mode) {
        Authorizer.Decision decision = authorizer.review(TOKEN_USER, AUTO_APPROVAL);
        return switch (mode) {
            case NODEJOIN -> decision.allowed() ? Optional.of(bypassesNodejoin(decision)) : Optional.empty();
            case CLUSTER -> decision.allowed() ? Optional.empty() : Optional.of(autoApprovalMissing());
        };
    }

    /** Reviews each group on its own, since one review names only one of the bindings to delete. */
    private Problem bypassesNodejoin(Authorizer.Decision decision) {
        Set<String> grants = new LinkedHashSet<>(List.of(decision.grantedBy()));
        for (String group : GROUPS) {
            Authorizer.Decision groupDecision =
                    authorizer.review(new Authorizer.Identity(TOKEN_USER.user(), List.of(group)), AUTO_APPROVAL);
            if (groupDecision.allowed()) {
                grants.add(groupDecision.grantedBy());
            }
        }
        return new Problem(
                ErrorCode.CLUSTER_AUTO_APPROVES_CSRS,
                "kube-controller-manager approves a CSR for any node name by the holder of any bootstrap token, by "
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
