package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.Conflicts;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.controlplane.BootstrapTokens;
import io.nodejoin.testbed.simulated.AgentlessHost;
import io.nodejoin.testbed.simulated.HostIdentity;
import io.nodejoin.testbed.simulated.SimulatedHosts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The peer of a storm: one client that makes the API calls of a join itself, in one straight line for each host, some hosts at a time. It
 * survives nothing and promises nothing. A ClusterRoleBinding for a group of its own exists while this object is open.
 */
final class StraightLine implements AutoCloseable {
    private static final int HOSTS_AT_A_TIME = 16;
    private static final String GROUP = "system:bootstrappers:straight-line";
    private static final String NAMESPACE = "kube-public";
    private static final String CLUSTER_INFO = "cluster-info";
    private static final String KUBECONFIG = "kubeconfig";
    private static final String CSRS = "/apis/certificates.k8s.io/v1/certificatesigningrequests/";
    private static final Map<String, String> USAGE = Map.of(
            "usage-bootstrap-authentication", "true", "usage-bootstrap-signing", "true", "auth-extra-groups", GROUP);

    private final KubernetesClient admin;
    private final URI apiServer;
    private final String caPem;
    private final String kubeletVersion;
    private final LongAdder kubeletCalls = new LongAdder();
    private final Queue<AgentlessHost> hosts = new ConcurrentLinkedQueue<>();
    /** Writers of one process need not conflict. */
    private final ReentrantLock clusterInfo = new ReentrantLock();

    private final ClusterRoleBinding binding = new ClusterRoleBindingBuilder()
            .withNewMetadata()
            .withName("bench-straight-line")
            .endMetadata()
            .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "system:node-bootstrapper")
            .addNewSubject("rbac.authorization.k8s.io", "Group", GROUP, null)
            .build();

    /** @param bed with its control plane up, and with a cluster-info */
    StraightLine(TestBed bed, KubernetesClient admin) throws IOException {
        this.admin = admin;
        this.apiServer = URI.create(bed.controlPlane().url());
        this.caPem = Files.readString(bed.directories().pki().resolve("ca.crt"));
        this.kubeletVersion = bed.controlPlane().version();
        admin.resource(binding).serverSideApply();
    }

    /** How many of its requests a kubelet would make. */
    long kubeletCalls() {
        return kubeletCalls.sum();
    }

    /** Joins so many hosts, and returns joins a second. Their kubelets run on. */
    double run(String name, int count) throws InterruptedException {
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(HOSTS_AT_A_TIME)) {
            List<Future<?>> joins = new ArrayList<>(IntStream.rangeClosed(1, count)
                    .mapToObj(number -> threads.submit(() -> {
                        join(new NodeName(name + "-" + number));
                        return null;
                    }))
                    .toList());
            for (Future<?> join : joins) {
                join.get();
            }
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the straight-line client fails: " + failed.getCause(), failed);
        }
        return count / ((System.nanoTime() - begin) / 1e9);
    }

    /** Ends the kubelets of all hosts; their Nodes stay. */
    void endKubelets() {
        hosts.forEach(AgentlessHost::close);
        hosts.clear();
    }

    private void join(NodeName node) throws IOException, GeneralSecurityException, InterruptedException {
        if (admin.nodes().withName(node.value()).get() != null) {
            throw new IllegalStateException("there is a Node " + node);
        }
        admin.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(node.value())
                        .endMetadata()
                        .build())
                .create();
        BootstrapToken token = BootstrapTokens.create(admin, USAGE);
        changeClusterInfo(data -> data.put(
                token.id().signatureKey(), ClusterInfoSignature.sign(token, String.valueOf(data.get(KUBECONFIG)))));
        var host = new AgentlessHost(identity(node), apiServer, caPem, kubeletCalls);
        hosts.add(host);
        verify(host.readClusterInfo(), token);
        approve(host.requestCertificate(token));
        host.register(token);
        if (!ReadyWatch.isReady(admin.nodes().withName(node.value()).require())) {
            throw new IllegalStateException("the Node " + node + " is not Ready");
        }
        revoke(token.id());
    }

    private static void verify(Map<String, String> clusterInfo, BootstrapToken token) {
        String signature = clusterInfo.getOrDefault(token.id().signatureKey(), "");
        if (!ClusterInfoSignature.verify(token, clusterInfo.getOrDefault(KUBECONFIG, ""), signature)) {
            throw new IllegalStateException("cluster-info has no signature of token " + token.id());
        }
    }

    private void approve(String name) {
        CertificateSigningRequest request = admin.certificates()
                .v1()
                .certificateSigningRequests()
                .withName(name)
                .require();
        CertificateSigningRequest approved = new CertificateSigningRequestBuilder(request)
                .editOrNewStatus()
                .addNewCondition()
                .withType("Approved")
                .withStatus("True")
                .withReason("StraightLine")
                .endCondition()
                .endStatus()
                .build();
        admin.raw(CSRS + name + "/approval", "PUT", approved);
    }

    private void revoke(TokenId token) {
        var _ = admin.secrets()
                .inNamespace("kube-system")
                .withName(token.secretName())
                .delete();
        changeClusterInfo(data -> data.remove(token.signatureKey()));
    }

    /** Until nobody else has changed it in between: kube-controller-manager signs and removes as well. */
    private void changeClusterInfo(Consumer<Map<String, String>> change) {
        clusterInfo.lock();
        try {
            boolean changed;
            do {
                ConfigMap read = admin.configMaps()
                        .inNamespace(NAMESPACE)
                        .withName(CLUSTER_INFO)
                        .require();
                Map<String, String> data = new TreeMap<>(read.getData());
                change.accept(data);
                changed = Conflicts.succeedsUnlessConflict(
                        admin.resource(new ConfigMapBuilder(read).withData(data).build())::update);
            } while (!changed);
        } finally {
            clusterInfo.unlock();
        }
    }

    private HostIdentity identity(NodeName node) {
        UUID uuid = UUID.randomUUID();
        return new HostIdentity(
                node, uuid.toString().replace("-", ""), uuid.toString(), kubeletVersion, SimulatedHosts.ADDRESS);
    }

    @Override
    public void close() {
        endKubelets();
        var _ = admin.resource(binding).delete();
    }
}
