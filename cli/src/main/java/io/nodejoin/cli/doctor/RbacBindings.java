package io.nodejoin.cli.doctor;

import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import io.nodejoin.activities.kubernetes.clusterinfo.ApprovalRights;
import io.nodejoin.activities.kubernetes.clusterinfo.Authorizer;
import io.nodejoin.activities.kubernetes.preparation.Accounts.Account;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The cluster's RBAC bindings, and the commands that remove a right. */
final class RbacBindings {
    /** Roles that Kubernetes itself binds to anonymous users: health and version. */
    private static final Set<String> HARMLESS = Set.of("system:public-info-viewer");

    private static final Set<String> BINDINGS = Set.of("nodejoin", "nodejoin-approver");
    private static final Set<String> ACCOUNTS =
            Stream.of(Account.values()).map(Account::accountName).collect(Collectors.toUnmodifiableSet());

    private final KubernetesClient client;

    RbacBindings(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Returns the commands after which no binding lets kube-controller-manager approve the CSRs of Nodejoin's tokens.
     */
    List<String> autoApprovalRemovals() {
        return client.rbac().clusterRoleBindings().list().getItems().stream()
                .filter(concerns(RbacBindings::isTokenGroup))
                .filter(binding -> RolePolicyRules.allowAutoApproval(rules(binding.getRoleRef())))
                .map(binding -> SubjectRemoval.command(binding, RbacBindings::isTokenGroup))
                .toList();
    }

    /** Returns the commands after which anonymous users have only the rights that Kubernetes and cluster-info need. */
    List<String> anonymousAccessRemovals() {
        Stream<String> everywhere = client.rbac().clusterRoleBindings().list().getItems().stream()
                .filter(binding -> !HARMLESS.contains(binding.getRoleRef().getName()))
                .filter(concerns(RbacBindings::isAnonymous))
                .map(binding -> SubjectRemoval.command(binding, RbacBindings::isAnonymous));
        Stream<String> inKubeSystem = client.rbac().roleBindings().inNamespace("kube-system").list().getItems().stream()
                .filter(binding -> binding.getSubjects().stream().anyMatch(RbacBindings::isAnonymous))
                .map(binding -> SubjectRemoval.command(binding, RbacBindings::isAnonymous));
        return Stream.concat(everywhere, inKubeSystem).toList();
    }

    /**
     * Returns the commands after which the service's accounts have no cluster-wide right except by Nodejoin's own bindings.
     */
    List<String> serviceAccountRemovals() {
        return client.rbac().clusterRoleBindings().list().getItems().stream()
                .filter(binding -> !BINDINGS.contains(binding.getMetadata().getName()))
                .filter(concerns(RbacBindings::isAccount))
                .map(binding -> SubjectRemoval.command(binding, RbacBindings::isAccount))
                .toList();
    }

    private static Predicate<ClusterRoleBinding> concerns(Predicate<Subject> whom) {
        return binding -> binding.getSubjects().stream().anyMatch(whom);
    }

    private static boolean isTokenGroup(Subject subject) {
        return "Group".equals(subject.getKind()) && ApprovalRights.GROUPS.contains(subject.getName());
    }

    private static boolean isAnonymous(Subject subject) {
        return Authorizer.Identity.ANONYMOUS.user().equals(subject.getName())
                || Authorizer.Identity.ANONYMOUS.groups().contains(subject.getName());
    }

    private static boolean isAccount(Subject subject) {
        return "ServiceAccount".equals(subject.getKind())
                && ACCOUNTS.contains(subject.getName())
                && ManagedObjects.NAMESPACE.equals(subject.getNamespace());
    }

    private List<PolicyRule> rules(RoleRef role) {
        ClusterRole found =
                client.rbac().clusterRoles().withName(role.getName()).get();
        return found == null ? List.of() : found.getRules();
    }
}
