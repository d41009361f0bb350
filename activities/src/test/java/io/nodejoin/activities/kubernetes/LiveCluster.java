package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPolicy;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPreconditions;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.testbed.controlplane.ControlPlane;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A prepared cluster of the test bed: as Nodejoin sees it, as its administrator sees it, as a host sees it. */
public final class LiveCluster implements AutoCloseable {
    public static final ClusterName NAME = new ClusterName("it");
    private static final Duration GRACE_PERIOD = Duration.ofSeconds(5);
    private static final ClusterName AS_ADMIN = new ClusterName("it-admin");

    private final ControlPlane controlPlane;
    private final Path adminKubeconfig;
    private final Path serviceKubeconfig;
    private final ClusterClients clients;

    LiveCluster(ControlPlane controlPlane, Path serviceKubeconfig) {
        this.controlPlane = controlPlane;
        this.adminKubeconfig = controlPlane.adminKubeconfig();
        this.serviceKubeconfig = serviceKubeconfig;
        this.clients = new KubeconfigClients(Map.of(NAME, serviceKubeconfig, AS_ADMIN, adminKubeconfig));
    }

    /** With the rights that {@code nodejoin cluster prepare} gives to the service, and no more. */
    ClusterClients clients() {
        return clients;
    }

    /** Whether it is fit for joins whose certificates are approved in this way. */
    public ClusterPreconditions fitness(ApprovalMode approval) {
        return new ClusterPreconditions(clients, Map.of(NAME, new ClusterPolicy(approval, true)), System::nanoTime);
    }

    Path serviceKubeconfig() {
        return serviceKubeconfig;
    }

    public Path adminKubeconfig() {
        return adminKubeconfig;
    }

    public KubernetesClient admin() {
        return clients.client(AS_ADMIN);
    }

    /** kube-controller-manager, with the cluster's own signer in it. */
    SupervisedProcess controllers() {
        return controlPlane.controllerManager();
    }

    /** Starts the API server anew with these admission policies in a file of its own. */
    void loadStaticPolicies(String policies) {
        controlPlane.loadStaticPolicies(policies);
    }

    /** Starts the API server anew without static policies, and the controllers, which would take a while to notice it. */
    void unloadStaticPolicies() {
        controlPlane.controllerManager().stop(GRACE_PERIOD);
        controlPlane.apiServer().stop(GRACE_PERIOD);
        controlPlane.start();
    }

    /** Runs kubeadm of the cluster's own release on this machine. */
    CommandResult kubeadm(List<String> words) {
        return controlPlane.kubeadm(words).run();
    }

    /** Returns what kubectl tells the administrator. */
    String kubectl(String... words) {
        return controlPlane.kubectl(words).run().orFail().output();
    }

    /** Somebody without a credential. */
    KubernetesClient anonymous() {
        return Kubeconfig.connect(endpoint());
    }

    /** A host that bears this token. */
    KubernetesClient bearing(BootstrapToken token) {
        return Kubeconfig.connect(new ConfigBuilder(endpoint())
                .withOauthToken(token.bearerToken())
                .build());
    }

    private Config endpoint() {
        return Kubeconfig.withoutCredential(clients.client(NAME).getConfiguration());
    }

    /** The status with which the API server answers a read that a token may not do: 403 if it knows the token, else 401. */
    int answerTo(BootstrapToken token) {
        try (KubernetesClient host = bearing(token)) {
            host.namespaces().list();
            return 200;
        } catch (KubernetesClientException e) {
            return e.getCode();
        }
    }

    @Override
    public void close() {
        clients.close();
    }
}
