package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.clusterinfo.Authorizer;
import io.nodejoin.activities.kubernetes.clusterinfo.ResourceAccess;
import io.nodejoin.activities.kubernetes.preparation.Accounts.Account;
import java.util.List;
import java.util.stream.Stream;

/** The rights of the service's accounts: those that joins need, and those that a thief of its credential must not have. */
final class ServiceAccountRights {
    private static final String CORE = "";
    private static final String LEASE_GROUP = "coordination.k8s.io";
    private static final String CERTIFICATES = "certificates.k8s.io";
    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final String REQUESTS = "certificatesigningrequests";
    private static final String KUBELET_SIGNER = "kubernetes.io/kube-apiserver-client-kubelet";
    private static final String SERVING_SIGNER = "kubernetes.io/kubelet-serving";
    private static final String KUBE_SYSTEM = "kube-system";
    private static final String KUBE_PUBLIC = "kube-public";
    private static final String OWN = "nodejoin-system";

    private ServiceAccountRights() {}

    static Authorizer.Identity identity(Account account) {
        return new Authorizer.Identity(
                account.userName(),
                List.of("system:serviceaccounts", "system:serviceaccounts:nodejoin-system", "system:authenticated"));
    }

    /** Returns what the account needs for its part of joins. */
    static List<ResourceAccess> required(Account account) {
        return switch (account) {
            case SERVICE ->
                Stream.of(shared(), deciding(), minting()).flatMap(List::stream).toList();
            case WORKER -> Stream.of(shared(), minting()).flatMap(List::stream).toList();
            case APPROVER ->
                Stream.of(shared(), deciding()).flatMap(List::stream).toList();
        };
    }

    private static List<ResourceAccess> shared() {
        return Stream.of(
                        each(ResourceAccess.to("", CERTIFICATES, REQUESTS), "get", "list", "watch"),
                        each(ResourceAccess.to("", CORE, "nodes"), "get"),
                        each(ResourceAccess.to("", CORE, "pods"), "list"),
                        each(ResourceAccess.to("", CORE, "namespaces").named(KUBE_SYSTEM), "get"),
                        each(ResourceAccess.to("", CORE, "configmaps").in(OWN), "get", "list", "create", "delete"),
                        each(ResourceAccess.to("", "events.k8s.io", "events").in("default"), "get", "create", "patch"))
                .flatMap(accesses -> accesses)
                .toList();
    }

    private static List<ResourceAccess> deciding() {
        return Stream.of(
                        each(ResourceAccess.to("", CERTIFICATES, REQUESTS + "/approval"), "update"),
                        each(ResourceAccess.to("", CERTIFICATES, "signers").named(KUBELET_SIGNER), "approve"),
                        each(ResourceAccess.to("", CERTIFICATES, "signers").named(SERVING_SIGNER), "approve"))
                .flatMap(accesses -> accesses)
                .toList();
    }

    private static List<ResourceAccess> minting() {
        return Stream.of(
                        each(ResourceAccess.to("", CORE, "nodes"), "list", "watch", "create", "patch", "delete"),
                        each(ResourceAccess.to("", CORE, "nodes/status"), "patch"),
                        each(ResourceAccess.to("", CORE, "pods/eviction"), "create"),
                        each(ResourceAccess.to("", "authorization.k8s.io", "subjectaccessreviews"), "create"),
                        each(ResourceAccess.to("", CORE, "secrets").in(KUBE_SYSTEM), "create", "delete"),
                        each(
                                ResourceAccess.to("", CORE, "configmaps")
                                        .in(KUBE_PUBLIC)
                                        .named("cluster-info"),
                                "get",
                                "update"),
                        each(ResourceAccess.to("", CORE, "configmaps").in(KUBE_PUBLIC), "create"),
                        each(ResourceAccess.to("", CORE, "configmaps").in(OWN), "watch", "update"),
                        each(ResourceAccess.to("", LEASE_GROUP, "leases").in("kube-node-lease"), "get"))
                .flatMap(accesses -> accesses)
                .toList();
    }

    /** Returns what a thief of the account's credential must not have: the rights of the other account among them. */
    static List<ResourceAccess> forbidden(Account account) {
        return switch (account) {
            case SERVICE -> forbidden();
            case WORKER ->
                Stream.of(forbidden(), deciding()).flatMap(List::stream).toList();
            case APPROVER ->
                Stream.of(forbidden(), minting()).flatMap(List::stream).toList();
        };
    }

    /** Patch, update and deletecollection return the object, so they can read it. */
    private static List<ResourceAccess> forbidden() {
        return Stream.of(
                        each(
                                ResourceAccess.to("", CORE, "secrets").in(KUBE_SYSTEM),
                                "get",
                                "list",
                                "watch",
                                "update",
                                "patch",
                                "deletecollection"),
                        each(ResourceAccess.to("", CORE, "secrets"), "get", "list", "create", "delete"),
                        each(ResourceAccess.to("", CERTIFICATES, REQUESTS), "create", "delete"),
                        each(ResourceAccess.to("", CERTIFICATES, REQUESTS + "/status"), "update"),
                        each(ResourceAccess.to("", CERTIFICATES, "signers").named(KUBELET_SIGNER), "sign"),
                        each(ResourceAccess.to("", CERTIFICATES, "signers").named(SERVING_SIGNER), "sign"),
                        each(
                                ResourceAccess.to("", CERTIFICATES, "signers")
                                        .named("kubernetes.io/kube-apiserver-client"),
                                "approve",
                                "sign"),
                        each(ResourceAccess.to("", CORE, "nodes"), "update"),
                        each(ResourceAccess.to("", CORE, "nodes/status"), "update"),
                        each(ResourceAccess.to("", CORE, "nodes/proxy"), "get", "create"),
                        each(ResourceAccess.to("", CORE, "pods"), "create", "delete"),
                        each(ResourceAccess.to("", CORE, "pods/exec"), "create"),
                        each(ResourceAccess.to("", CORE, "configmaps").in(KUBE_SYSTEM), "get", "create", "update"),
                        each(ResourceAccess.to("", CORE, "configmaps").in(KUBE_PUBLIC), "delete"),
                        each(
                                ResourceAccess.to("", CORE, "serviceaccounts/token")
                                        .in(KUBE_SYSTEM),
                                "create"),
                        each(ResourceAccess.to("", CORE, "users"), "impersonate"),
                        each(ResourceAccess.to("", RBAC, "clusterroles"), "create", "update", "bind", "escalate"),
                        each(ResourceAccess.to("", RBAC, "clusterrolebindings"), "create", "update"))
                .flatMap(accesses -> accesses)
                .toList();
    }

    private static Stream<ResourceAccess> each(ResourceAccess access, String... verbs) {
        return Stream.of(verbs)
                .map(verb -> new ResourceAccess(
                        verb, access.apiGroup(), access.resource(), access.namespace(), access.name()));
    }
}
