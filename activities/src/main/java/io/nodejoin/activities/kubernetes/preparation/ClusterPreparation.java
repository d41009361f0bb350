package io.nodejoin.activities.kubernetes.preparation;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.DiscoveryKubeconfig;
import io.nodejoin.activities.kubernetes.preparation.ClusterPreparation.Result.Change;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings a cluster into the state that Nodejoin's joins need. Idempotent, and reports what it changed. Never changes
 * what others own: an existing kubeconfig in cluster-info stays.
 */
public final class ClusterPreparation {
    private static final String FIELD_MANAGER = "nodejoin";
    private static final int NOT_FOUND = 404;

    private final AdminCluster cluster;
    private final ApprovalMode approval;
    private final Accounts accounts;
    private final boolean dryRun;

    public ClusterPreparation(AdminCluster cluster, ApprovalMode approval, Accounts accounts, boolean dryRun) {
        this.cluster = cluster;
        this.approval = approval;
        this.accounts = accounts;
        this.dryRun = dryRun;
    }

    /** Applies all objects in order; in a dry run the server reports what would change. */
    public List<Result> apply() {
        List<String> files = new ArrayList<>(List.of("guard.yaml", "prepare.yaml", accounts.manifest()));
        if (approval == ApprovalMode.CLUSTER) {
            files.add("approval-cluster.yaml");
        }
        List<Result> applied = new ArrayList<>();
        files.forEach(file -> Manifests.load(cluster.client().getKubernetesSerialization(), file)
                .forEach(object -> applied.add(apply(object))));
        applied.add(publishClusterInfo());
        return List.copyOf(applied);
    }

    private Result apply(HasMetadata desired) {
        HasMetadata before = cluster.client().resource(desired).get();
        return new Result(name(desired), change(before, serverSideApply(desired)));
    }

    private @Nullable HasMetadata serverSideApply(HasMetadata desired) {
        try {
            return cluster.client()
                    .resource(desired)
                    .dryRun(dryRun)
                    .fieldManager(FIELD_MANAGER)
                    .forceConflicts()
                    .serverSideApply();
        } catch (KubernetesClientException e) {
            // A dry run creates no namespace, so objects inside it cannot be applied.
            if (dryRun && e.getCode() == NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private Change change(@Nullable HasMetadata before, @Nullable HasMetadata after) {
        if (before == null || after == null) {
            return Change.created;
        }
        return comparableJson(before).equals(comparableJson(after)) ? Change.unchanged : Change.changed;
    }

    /** A dry run keeps the resourceVersion whatever it would change, so the contents are compared. */
    private String comparableJson(HasMetadata object) {
        HasMetadata copy = cluster.client().getKubernetesSerialization().clone(object);
        copy.getMetadata().setResourceVersion(null);
        copy.getMetadata().setManagedFields(List.of());
        copy.getMetadata().setGeneration(null);
        return cluster.client().getKubernetesSerialization().asJson(copy);
    }

    private Result publishClusterInfo() {
        KubernetesClient client = cluster.client();
        ConfigMap desired = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("kube-public")
                .withName("cluster-info")
                .endMetadata()
                .addToData(
                        "kubeconfig",
                        DiscoveryKubeconfig.render(URI.create(cluster.server()), cluster.caCertificates()))
                .build();
        ConfigMap before = client.resource(desired).get();
        if (before == null) {
            client.resource(desired).dryRun(dryRun).create();
            return new Result(name(desired), Change.created);
        }
        if (before.getData() != null && before.getData().containsKey("kubeconfig")) {
            return new Result(name(desired), Change.unchanged);
        }
        serverSideApply(desired);
        return new Result(name(desired), Change.changed);
    }

    private static String name(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        return object.getKind() + " " + (namespace == null ? "" : namespace + "/")
                + object.getMetadata().getName();
    }

    /**
     * The result of applying one object.
     *
     * @param object kind and name, with the namespace if it has one
     */
    public record Result(String object, Change change) {
        /** Whether the object was created, changed or unchanged. */
        public enum Change {
            created,
            changed,
            unchanged
        }
    }
}
