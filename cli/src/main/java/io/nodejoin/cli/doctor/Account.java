package io.nodejoin.cli.doctor;

import io.nodejoin.activities.kubernetes.clusterinfo.Access;
import io.nodejoin.activities.kubernetes.clusterinfo.Identity;
import java.util.List;
import java.util.stream.Stream;

/** The account of the service: what it needs for joins, and what a thief of its credential must not get. */
final class Account {
    static final Identity IDENTITY = new Identity(
            "system:serviceaccount:nodejoin-system:nodejoin",
            List.of("system:serviceaccounts", "system:serviceaccounts:nodejoin-system", "system:authenticated"));

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

    private Account() {}

    static List<Access> needs() {
        return Stream.of(
                        each(Access.to("", CERTIFICATES, REQUESTS), "get", "list", "watch"),
                        each(Access.to("", CERTIFICATES, REQUESTS + "/approval"), "update"),
                        each(Access.to("", CERTIFICATES, "signers").named(KUBELET_SIGNER), "approve"),
                        each(Access.to("", CERTIFICATES, "signers").named(SERVING_SIGNER), "approve"),
                        each(Access.to("", CORE, "nodes"), "get", "list", "watch", "patch", "delete"),
                        each(Access.to("", CORE, "pods"), "list"),
                        each(Access.to("", CORE, "pods/eviction"), "create"),
                        each(Access.to("", CORE, "namespaces").named(KUBE_SYSTEM), "get"),
                        each(Access.to("", "authorization.k8s.io", "subjectaccessreviews"), "create"),
                        each(Access.to("", CORE, "secrets").in(KUBE_SYSTEM), "create", "delete"),
                        each(Access.to("", CORE, "configmaps").in(KUBE_PUBLIC).named("cluster-info"), "get", "update"),
                        each(Access.to("", CORE, "configmaps").in(KUBE_PUBLIC), "create"),
                        each(Access.to("", CORE, "configmaps").in(OWN), "get", "list", "create", "update", "delete"),
                        each(Access.to("", LEASE_GROUP, "leases").in("kube-node-lease"), "get"),
                        each(Access.to("", LEASE_GROUP, "leases").in(OWN).named("nodejoin-janitor"), "get", "patch"),
                        each(Access.to("", LEASE_GROUP, "leases").in(OWN), "create"))
                .flatMap(accesses -> accesses)
                .toList();
    }

    /** Patch, update and deletecollection answer with the object: they read. */
    static List<Access> limits() {
        return Stream.of(
                        each(
                                Access.to("", CORE, "secrets").in(KUBE_SYSTEM),
                                "get",
                                "list",
                                "watch",
                                "update",
                                "patch",
                                "deletecollection"),
                        each(Access.to("", CORE, "secrets"), "get", "list", "create", "delete"),
                        each(Access.to("", CERTIFICATES, REQUESTS), "create", "delete"),
                        each(Access.to("", CERTIFICATES, REQUESTS + "/status"), "update"),
                        each(Access.to("", CERTIFICATES, "signers").named(KUBELET_SIGNER), "sign"),
                        each(Access.to("", CERTIFICATES, "signers").named(SERVING_SIGNER), "sign"),
                        each(
                                Access.to("", CERTIFICATES, "signers").named("kubernetes.io/kube-apiserver-client"),
                                "approve",
                                "sign"),
                        each(Access.to("", CORE, "nodes"), "create"),
                        each(Access.to("", CORE, "nodes/proxy"), "get", "create"),
                        each(Access.to("", CORE, "pods"), "create", "delete"),
                        each(Access.to("", CORE, "pods/exec"), "create"),
                        each(Access.to("", CORE, "configmaps").in(KUBE_SYSTEM), "get", "create", "update"),
                        each(Access.to("", CORE, "configmaps").in(KUBE_PUBLIC), "delete"),
                        each(Access.to("", CORE, "serviceaccounts/token").in(KUBE_SYSTEM), "create"),
                        each(Access.to("", CORE, "users"), "impersonate"),
                        each(Access.to("", RBAC, "clusterroles"), "create", "update", "bind", "escalate"),
                        each(Access.to("", RBAC, "clusterrolebindings"), "create", "update"))
                .flatMap(accesses -> accesses)
                .toList();
    }

    private static Stream<Access> each(Access what, String... verbs) {
        return Stream.of(verbs)
                .map(verb -> new Access(verb, what.apiGroup(), what.resource(), what.namespace(), what.name()));
    }
}
