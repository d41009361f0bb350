package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.UUID;

/** A right that an administrator gives away, until it is closed. */
public final class PlantedBinding implements AutoCloseable {
    public static final String AUTO_APPROVAL = "system:certificates.k8s.io:certificatesigningrequests:nodeclient";

    private final KubernetesClient admin;
    private final ClusterRoleBinding binding;

    /** Gives the ClusterRole to these groups. */
    public PlantedBinding(KubernetesClient admin, String role, String... groups) {
        ClusterRoleBindingBuilder wanted = new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName("planted-" + UUID.randomUUID())
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role);
        for (String group : groups) {
            wanted.addNewSubject("rbac.authorization.k8s.io", "Group", group, null);
        }
        this.admin = admin;
        this.binding = admin.resource(wanted.build()).create();
    }

    public String name() {
        return binding.getMetadata().getName();
    }

    @Override
    public void close() {
        admin.resource(binding).delete();
    }
}
