package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.protocol.NodeName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What a thief of the service's credential would try. The administrator has laid out what there is to steal. */
final class ForbiddenCalls implements AutoCloseable {
    private static final String KUBE_SYSTEM = "kube-system";
    private static final String RIGHTS = "system:serviceaccount:nodejoin-system:nodejoin\" cannot ";
    private static final String TOKENS = "ValidatingAdmissionPolicy 'nodejoin-tokens'";
    private static final String CLUSTER_INFO = "ValidatingAdmissionPolicy 'nodejoin-cluster-info'";
    private static final String CERTIFICATES = "ValidatingAdmissionPolicy 'nodejoin-certificates'";
    private static final String NODES = "ValidatingAdmissionPolicy 'nodejoin-nodes'";
    private static final String NODE_DELETION = "ValidatingAdmissionPolicy 'nodejoin-node-deletion'";
    private static final String SIGNERS = "user not permitted to approve requests with signerName";
    private static final String SECRETS = "/api/v1/namespaces/kube-system/secrets";
    private static final String REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
    /** Bears a token, but none of Nodejoin's group. */
    private static final String FOREIGN_USER = "system:bootstrap:zzzzzz";

    private static final Map<String, String> NOTHING = Map.of();

    private final KubernetesClient admin;
    private final Secret foreignToken;
    private final Secret foreignSecret;
    private final Node node;
    private final Node controlPlane;
    private final ClusterRoleBinding foreignRight;
    private final ForbiddenLedgerWrites ledger;
    private final CertificateSigningRequest foreignKubelet;
    private final CertificateSigningRequest foreignClient;
    private final CertificateSigningRequest foreignServing;

    ForbiddenCalls(KubernetesClient admin) {
        this.admin = admin;
        this.foreignToken = admin.resource(unowned()).create();
        this.foreignSecret = admin.resource(opaque(KUBE_SYSTEM)).create();
        this.node = admin.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("forbidden-" + UUID.randomUUID())
                        .endMetadata()
                        .withNewSpec()
                        .addNewTaint("NoSchedule", "example.com/keep", null, null)
                        .endSpec()
                        .withNewStatus()
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .withLastHeartbeatTime(in(Duration.ofHours(25)))
                        .endCondition()
                        .endStatus()
                        .build())
                .create();
        this.controlPlane = admin.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("forbidden-" + UUID.randomUUID())
                        .addToLabels("node-role.kubernetes.io/control-plane", "")
                        .addToAnnotations("nodejoin.io/join-id", "0f".repeat(16))
                        .endMetadata()
                        .build())
                .create();
        NodeName name = new NodeName(node.getMetadata().getName());
        this.foreignRight = admin.resource(foreignRight()).create();
        this.ledger = new ForbiddenLedgerWrites(admin);
        try (KubernetesClient other = as(FOREIGN_USER)) {
            this.foreignKubelet = Joiner.askForCertificate(other, name);
        }
        this.foreignClient = request("kubernetes.io/kube-apiserver-client", "client auth");
        this.foreignServing = request("kubernetes.io/kubelet-serving", "server auth");
    }

    /**
     * One call.
     *
     * @param because part of the refusal: who refuses
     */
    record Call(String name, String because, Consumer<KubernetesClient> attempt) {
        @Override
        public String toString() {
            return name;
        }
    }

    List<Call> all() {
        return Stream.of(
                        secrets(),
                        tokens(),
                        requests(),
                        nodes(),
                        ForbiddenNodeCreations.all(),
                        clusterInfo(),
                        ledger.all(),
                        others())
                .flatMap(calls -> calls)
                .toList();
    }

    @Override
    public void close() {
        List.of(
                        foreignToken,
                        foreignSecret,
                        node,
                        controlPlane,
                        foreignRight,
                        foreignKubelet,
                        foreignClient,
                        foreignServing)
                .forEach(object -> admin.resource(object).delete());
        ledger.close();
    }

    private Stream<Call> secrets() {
        String foreign = SECRETS + "/" + foreignToken.getMetadata().getName();
        return Stream.of(
                raw("list the Secrets of kube-system", "GET", SECRETS),
                raw("watch the Secrets of kube-system", "GET", SECRETS + "?watch=true"),
                raw("list the Secrets of all namespaces", "GET", "/api/v1/secrets"),
                raw("read a token", "GET", foreign),
                raw("replace a token", "PUT", foreign),
                raw("patch a token", "PATCH", foreign),
                raw("delete all tokens at once", "DELETE", SECRETS),
                raw("delete a token of someone else", "DELETE", foreign, TOKENS),
                raw(
                        "delete a Secret of someone else",
                        "DELETE",
                        SECRETS + "/" + foreignSecret.getMetadata().getName(),
                        TOKENS),
                create("create a Secret in another namespace", RIGHTS + "create", opaque("default")),
                create("create a Secret in the own namespace", RIGHTS + "create", opaque("nodejoin-system")),
                create("create a Secret that is no token", TOKENS, opaque(KUBE_SYSTEM)),
                create(
                        "create a Secret that gets a controller's token",
                        TOKENS,
                        new SecretBuilder(opaque(KUBE_SYSTEM))
                                .withType("kubernetes.io/service-account-token")
                                .editMetadata()
                                .addToAnnotations(
                                        "kubernetes.io/service-account.name", "clusterrole-aggregation-controller")
                                .endMetadata()
                                .build()));
    }

    private Stream<Call> tokens() {
        return Stream.of(
                create("create a token without an end", TOKENS, token(without("expiration"))),
                create("create a token for 17 minutes", TOKENS, token(with("expiration", in(Duration.ofMinutes(17))))),
                create("create a token for a day", TOKENS, token(with("expiration", in(Duration.ofDays(1))))),
                create("create a token for ever", TOKENS, token(with("expiration", "2999-01-01T00:00:00Z"))),
                create(
                        "create a token that ends in no month",
                        TOKENS,
                        token(with("expiration", "2026-13-25T10:15:30Z"))),
                create("create a token whose end nobody can read", TOKENS, token(with("expiration", "tomorrow"))),
                create("create a token without a group", TOKENS, token(without("auth-extra-groups"))),
                create(
                        "create a token of another group",
                        TOKENS,
                        token(with("auth-extra-groups", "system:bootstrappers:kubeadm:default-node-token"))),
                create(
                        "create a token of one more group",
                        TOKENS,
                        token(with("auth-extra-groups", "system:bootstrappers:nodejoin,system:bootstrappers:other"))),
                create("create a token under another's id", TOKENS, token(with("token-id", "zzzzzz"))),
                create("create a token that cannot sign", TOKENS, token(with("usage-bootstrap-signing", "false"))),
                create(
                        "create a token that cannot authenticate",
                        TOKENS,
                        token(without("usage-bootstrap-authentication"))),
                create("create a token with something else in it", TOKENS, token(with("payload", "x"))),
                create("create a token that says no owner", TOKENS, unlabelled("app.kubernetes.io/managed-by")),
                create("create a token that says no join", TOKENS, unlabelled("nodejoin.io/join-id")),
                create(
                        "create a token under a name that is no token's",
                        TOKENS,
                        new SecretBuilder(token(UnaryOperator.identity()))
                                .editMetadata()
                                .withName("not-a-token")
                                .endMetadata()
                                .build()));
    }

    private Stream<Call> requests() {
        return Stream.of(
                decide("approve a kubelet that bears no token of Nodejoin", CERTIFICATES, foreignKubelet, "Approved"),
                decide("deny a kubelet that bears no token of Nodejoin", CERTIFICATES, foreignKubelet, "Denied"),
                decide("approve a client certificate", SIGNERS, foreignClient, "Approved"),
                decide(
                        "approve a serving certificate of someone who is no node",
                        CERTIFICATES,
                        foreignServing,
                        "Approved"),
                decide("deny a serving certificate of someone who is no node", CERTIFICATES, foreignServing, "Denied"),
                create(
                        "ask for a certificate",
                        RIGHTS + "create",
                        new CertificateSigningRequestBuilder(foreignKubelet)
                                .withMetadata(null)
                                .withNewMetadata()
                                .withGenerateName("csr-")
                                .endMetadata()
                                .withStatus(null)
                                .build()),
                raw(
                        "delete a request",
                        "DELETE",
                        REQUESTS + "/" + foreignKubelet.getMetadata().getName()),
                new Call(
                        "sign a request",
                        RIGHTS + "update",
                        client -> client.raw(
                                REQUESTS + "/" + foreignKubelet.getMetadata().getName() + "/status",
                                "PUT",
                                foreignKubelet)));
    }

    private Stream<Call> nodes() {
        String path = "/api/v1/nodes/" + node.getMetadata().getName();
        return Stream.of(
                label("make a node a control plane", "node-role.kubernetes.io/control-plane"),
                label("set a label that isolates nodes", "node-restriction.kubernetes.io/tenant"),
                label("set a label of the kubelet", "kubernetes.io/hostname"),
                label("set a label of Kubernetes", "beta.k8s.io/anything"),
                patch("annotate a node", "{'metadata': {'annotations': {'example.com/a': 'b'}}}"),
                patch("hold a node with a finalizer", "{'metadata': {'finalizers': ['example.com/hold']}}"),
                patch("give a node another machine", "{'spec': {'providerID': 'thief://1'}}"),
                patch(
                        "drive the pods of a foreign node out",
                        "{'spec': {'taints': [{'key': 'example.com/keep', 'effect': 'NoSchedule'},"
                                + "{'key': 'example.com/out', 'effect': 'NoExecute'}]}}"),
                patch(
                        "declare a node's machine unregistered",
                        "{'spec': {'taints': [{'key': 'example.com/keep', 'effect': 'NoSchedule'},"
                                + "{'key': 'nodejoin.io/joining', 'effect': 'NoSchedule'}]}}"),
                patch("name the join of a node", "{'metadata': {'annotations': {'nodejoin.io/join-id': 'x'}}}"),
                patch("adopt a foreign node", "{'metadata': {'annotations': {'nodejoin.io/adopted': 'true'}}}"),
                raw("delete a foreign node", "DELETE", path, NODE_DELETION),
                raw(
                        "delete a control plane's node",
                        "DELETE",
                        "/api/v1/nodes/" + controlPlane.getMetadata().getName(),
                        NODE_DELETION),
                patch("take a node's taint", "{'spec': {'taints': []}}"),
                raw("write a node's status", "PUT", path + "/status"),
                raw("delete all nodes at once", "DELETE", "/api/v1/nodes"),
                raw("reach a kubelet", "GET", path + "/proxy/pods"));
    }

    private Stream<Call> clusterInfo() {
        String path = "/api/v1/namespaces/kube-public/configmaps";
        return Stream.of(
                new Call(
                        "lead hosts to another cluster",
                        CLUSTER_INFO,
                        client ->
                                clusterInfo(client, data -> data.put("kubeconfig", "apiVersion: v1\nkind: Config\n"))),
                new Call(
                        "take away the kubeconfig of hosts",
                        CLUSTER_INFO,
                        client -> clusterInfo(client, data -> data.remove("kubeconfig"))),
                new Call(
                        "publish something else in cluster-info",
                        CLUSTER_INFO,
                        client -> clusterInfo(client, data -> data.put("other", "x"))),
                create(
                        "publish another ConfigMap",
                        CLUSTER_INFO,
                        new ConfigMapBuilder()
                                .withNewMetadata()
                                .withNamespace("kube-public")
                                .withName("other")
                                .endMetadata()
                                .build()),
                raw("read all that is public", "GET", path),
                raw("delete cluster-info", "DELETE", path + "/cluster-info"));
    }

    private static Stream<Call> others() {
        return Stream.of(
                raw("read the ConfigMaps of kube-system", "GET", "/api/v1/namespaces/kube-system/configmaps"),
                raw("read one pod", "GET", "/api/v1/namespaces/default/pods/any"),
                raw("delete a pod", "DELETE", "/api/v1/namespaces/default/pods/any"),
                raw("delete all pods of a namespace", "DELETE", "/api/v1/namespaces/default/pods"),
                raw("bind a pod to a node", "POST", "/api/v1/namespaces/default/pods/any/binding"),
                raw("change a disruption budget", "POST", "/apis/policy/v1/namespaces/default/poddisruptionbudgets"),
                raw("create a pod", "POST", "/api/v1/namespaces/default/pods"),
                raw("execute in a pod", "GET", "/api/v1/namespaces/default/pods/any/exec?command=id"),
                raw("list the namespaces", "GET", "/api/v1/namespaces"),
                raw("read another namespace", "GET", "/api/v1/namespaces/default"),
                raw(
                        "renew a node's lease",
                        "PUT",
                        "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/any"),
                raw(
                        "take a Lease of the own namespace",
                        "GET",
                        "/apis/coordination.k8s.io/v1/namespaces/nodejoin-system/leases/other"),
                raw(
                        "prolong the own credential",
                        "POST",
                        "/api/v1/namespaces/nodejoin-system/serviceaccounts/nodejoin/token"),
                raw("widen the own rights", "PUT", RBAC + "/clusterroles/nodejoin"),
                raw("bind more rights", "POST", RBAC + "/clusterrolebindings"),
                raw(
                        "take the guard away",
                        "DELETE",
                        "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/nodejoin-tokens"),
                raw("read the metrics of the API server", "GET", "/metrics"));
    }

    static Call raw(String name, String method, String path) {
        return raw(name, method, path, RIGHTS);
    }

    private static Call raw(String name, String method, String path, String because) {
        return new Call(name, because, client -> client.raw(path, method, method.equals("GET") ? null : NOTHING));
    }

    static Call create(String name, String because, HasMetadata object) {
        return new Call(name, because, client -> client.resource(object).create());
    }

    private static Call decide(String name, String because, CertificateSigningRequest csr, String decision) {
        CertificateSigningRequest decided = new CertificateSigningRequestBuilder(csr)
                .editOrNewStatus()
                .addNewCondition()
                .withType(decision)
                .withStatus("True")
                .withReason("Thief")
                .endCondition()
                .endStatus()
                .build();
        String path = REQUESTS + "/" + csr.getMetadata().getName() + "/approval";
        return new Call(name, because, client -> client.raw(path, "PUT", decided));
    }

    private Call label(String name, String key) {
        return patch(name, "{'metadata': {'labels': {'" + key + "': ''}}}");
    }

    private Call patch(String name, String singleQuoted) {
        return new Call(
                name,
                NODES,
                client -> client.nodes()
                        .withName(node.getMetadata().getName())
                        .patch(PatchContext.of(PatchType.JSON_MERGE), singleQuoted.replace('\'', '"')));
    }

    private static void clusterInfo(KubernetesClient client, Consumer<Map<String, String>> change) {
        ConfigMap read = client.configMaps()
                .inNamespace("kube-public")
                .withName("cluster-info")
                .require();
        Map<String, String> data = new HashMap<>(read.getData());
        change.accept(data);
        client.resource(new ConfigMapBuilder(read).withData(data).build()).update();
    }

    private static ClusterRoleBinding foreignRight() {
        return new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withGenerateName("forbidden-")
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "system:node-bootstrapper")
                .addNewSubject("rbac.authorization.k8s.io", "User", FOREIGN_USER, null)
                .build();
    }

    private KubernetesClient as(String user) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(admin.getConfiguration())
                        .withImpersonateUsername(user)
                        .build())
                .build();
    }

    private CertificateSigningRequest request(String signer, String usage) {
        return admin.resource(new CertificateSigningRequestBuilder(foreignKubelet)
                        .withMetadata(null)
                        .withNewMetadata()
                        .withGenerateName("csr-")
                        .endMetadata()
                        .editSpec()
                        .withSignerName(signer)
                        .withUsages("digital signature", usage)
                        .endSpec()
                        .withStatus(null)
                        .build())
                .create();
    }

    private static Secret opaque(String namespace) {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("nodejoin-it-" + UUID.randomUUID())
                .endMetadata()
                .withType("Opaque")
                .build();
    }

    private static UnaryOperator<Map<String, String>> with(String key, String value) {
        return data -> {
            data.put(key, value);
            return data;
        };
    }

    private static UnaryOperator<Map<String, String>> without(String key) {
        return data -> {
            data.remove(key);
            return data;
        };
    }

    private static Secret unlabelled(String label) {
        return new SecretBuilder(token(UnaryOperator.identity()))
                .editMetadata()
                .removeFromLabels(label)
                .endMetadata()
                .build();
    }

    private static Secret unowned() {
        return new SecretBuilder(token(UnaryOperator.identity()))
                .editMetadata()
                .withLabels(Map.of())
                .endMetadata()
                .build();
    }

    private static String in(Duration time) {
        return Instant.now().plus(time).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** A token exactly as Nodejoin makes them, but for the change. */
    static Secret token(UnaryOperator<Map<String, String>> change) {
        String id = UUID.randomUUID().toString().substring(0, 6);
        Map<String, String> data = new HashMap<>(Map.of(
                "token-id", id,
                "token-secret", "0123456789abcdef",
                "expiration", in(Duration.ofMinutes(15)),
                "usage-bootstrap-authentication", "true",
                "usage-bootstrap-signing", "true",
                "auth-extra-groups", "system:bootstrappers:nodejoin",
                "description", "an attempt"));
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(KUBE_SYSTEM)
                .withName("bootstrap-token-" + id)
                .addToLabels("app.kubernetes.io/managed-by", "nodejoin")
                .addToLabels("nodejoin.io/join-id", "it")
                .endMetadata()
                .withType("bootstrap.kubernetes.io/token")
                .withData(base64(change.apply(data)))
                .build();
    }

    private static Map<String, String> base64(Map<String, String> texts) {
        Map<String, String> encoded = new HashMap<>();
        texts.forEach((key, text) ->
                encoded.put(key, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
        return encoded;
    }
}
