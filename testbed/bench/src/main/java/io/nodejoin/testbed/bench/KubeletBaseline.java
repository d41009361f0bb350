package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.kubelet.BootstrapKubeconfig;
import io.nodejoin.agent.kubelet.CriEndpoint;
import io.nodejoin.agent.kubelet.KubeletPlan;
import io.nodejoin.agent.plan.HostStep;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.HostCommand.KubeletSettings;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.controlplane.BootstrapTokens;
import io.nodejoin.testbed.host.Host;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Map;

/**
 * The baseline: the bootstrap kubeconfig is on the host, and kube-controller-manager approves every CSR. A
 * ClusterRoleBinding for a group of its own exists while this object is open.
 */
final class KubeletBaseline implements AutoCloseable {
    private static final String GROUP = "system:bootstrappers:bench";

    private final TestBed bed;
    private final KubernetesClient admin;
    private final List<ClusterRoleBinding> bindings = List.of(
            binding("bench-create-csr", "system:node-bootstrapper"),
            binding("bench-approve-csr", "system:certificates.k8s.io:certificatesigningrequests:nodeclient"));

    KubeletBaseline(TestBed bed, KubernetesClient admin) {
        this.bed = bed;
        this.admin = admin;
        bindings.forEach(binding -> admin.resource(binding).serverSideApply());
    }

    /** Puts everything in place but the start of the kubelet. */
    void prepare(Host host) throws IOException, CertificateException {
        BootstrapToken token = BootstrapTokens.create(
                admin, Map.of("usage-bootstrap-authentication", "true", "auth-extra-groups", GROUP));
        var authorities =
                Pem.parseCertificates(Files.readString(bed.directories().pki().resolve("ca.crt")));
        var cluster = new TrustedCluster(URI.create(bed.controlPlane().url()), authorities);
        var plan = new KubeletPlan(
                new NodeName(host.name()),
                new KubeletSettings(host.address(), null, List.of(), null),
                HostSettings.DEFAULT,
                new BootstrapKubeconfig(cluster, token),
                "/usr/local/bin/kubelet",
                CriEndpoint.CONTAINERD,
                true);
        host.run("mkdir", "-p", "/run/nodejoin", "/etc/kubernetes/pki", "/etc/kubernetes/manifests", "/var/lib/kubelet")
                .orFail();
        for (HostStep step : plan.steps()) {
            if (step instanceof HostStep.WriteFile file) {
                host.write(file.path(), file.content());
            }
        }
        host.run("systemctl", "daemon-reload").orFail();
    }

    private static ClusterRoleBinding binding(String name, String role) {
        return new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                .addNewSubject("rbac.authorization.k8s.io", "Group", GROUP, null)
                .build();
    }

    @Override
    public void close() {
        bindings.forEach(binding -> admin.resource(binding).delete());
    }
}
