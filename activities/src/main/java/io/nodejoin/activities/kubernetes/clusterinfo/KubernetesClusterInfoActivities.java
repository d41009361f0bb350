package io.nodejoin.activities.kubernetes.clusterinfo;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.ActivityFence;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.DiscoveryKubeconfig;
import io.nodejoin.activities.kubernetes.SingleFlight;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.token.TokenRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes cluster-info, and adds and removes the signatures of tokens. Keeps what other controllers have written. */
public final class KubernetesClusterInfoActivities implements ClusterInfoActivities {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesClusterInfoActivities.class);
    /** Maximum number of attempts to publish the kubeconfig; after that many conflicts a pause helps more. */
    private static final int MAX_SWAPS = 10;
    /**
     * The cluster's own signer deletes what it cannot verify, until it has observed the Secret; then it adds the same
     * bytes.
     */
    private static final int MAX_PUBLICATIONS = 3;

    private final ClusterClients clients;
    private final AuditLog audit;
    private final ClusterPreconditions preconditions;
    private final ClusterIdentities identities;
    private final ConflictPause pause;
    private final SingleFlight<ClusterName, Optional<ConfigMap>> reads = new SingleFlight<>();
    private final Map<ClusterName, SignatureWriter> writers = new ConcurrentHashMap<>();

    /** @param pause between attempts to write what others write as well */
    public KubernetesClusterInfoActivities(
            ClusterClients clients, AuditLog audit, ClusterPreconditions preconditions, ConflictPause pause) {
        this.clients = clients;
        this.audit = audit;
        this.preconditions = preconditions;
        this.identities = ClusterIdentities.of(clients);
        this.pause = pause;
    }

    @Override
    public DiscoveryInfo ensure(ClusterName cluster) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        requirePreconditions(cluster);
        KubernetesClient client = clients.client(cluster);
        String ca = caPem(client.getConfiguration());
        String kubeconfig = ensurePublished(fence, cluster, DiscoveryKubeconfig.render(endpoint(client), ca));
        List<CaPin> pins = DiscoveryKubeconfig.pinsOf(ca);
        if (Collections.disjoint(pins, DiscoveryKubeconfig.pins(kubeconfig))) {
            throw Failures.of(
                    FailureType.FORBIDDEN,
                    new Problem(
                            ErrorCode.CA_PIN_MISMATCH,
                            ClusterInfoConfigMap.OBJECT + " of cluster " + cluster
                                    + " has another CA than the kubeconfig of this service"));
        }
        ClusterIdentity identity = identities.get(cluster);
        return new DiscoveryInfo(
                identity.uid(),
                DiscoveryKubeconfig.apiServer(kubeconfig),
                pins,
                kubeconfig,
                identity.kubernetesVersion());
    }

    /**
     * Adds or replaces one token's signature by compare-and-swap and reads it back. Keeps the signatures of other tokens.
     * Concurrent calls share one write and one read. Idempotent.
     *
     * @throws io.temporal.failure.ApplicationFailure with THROTTLED if cluster-info has no room for it
     */
    public void publishSignature(TokenRef token, String jws, EffectGuard guard) {
        SignatureWriter writer = writer(token.cluster());
        for (int i = 0; i < MAX_PUBLICATIONS; i++) {
            if (writer.write(SignatureChange.publication(token, jws, guard))) {
                return;
            }
        }
        throw Failures.of(
                FailureType.CONFLICT,
                new Problem(
                        ErrorCode.CLUSTER_INFO_SIGNATURE_MISSING,
                        "the signature of token " + token.tokenId() + " does not stay in "
                                + ClusterInfoConfigMap.OBJECT));
    }

    /**
     * Removes one token's signature. Concurrent calls share one write. Succeeds if the signature is absent. Idempotent.
     */
    public void removeSignature(TokenRef token, EffectGuard guard) {
        boolean _ = writer(token.cluster()).write(SignatureChange.removal(token, guard));
    }

    private SignatureWriter writer(ClusterName cluster) {
        KubernetesClient client = clients.client(cluster);
        return writers.computeIfAbsent(
                cluster, _ -> new SignatureWriter(cluster, new ClusterInfoConfigMap(client), audit, pause));
    }

    private void requirePreconditions(ClusterName cluster) {
        List<Problem> problems = preconditions.findProblemsOfJoin(cluster);
        if (problems.isEmpty()) {
            return;
        }
        if (preconditions.isStrict(cluster)) {
            throw Failures.of(FailureType.FORBIDDEN, problems.getFirst());
        }
        problems.forEach(problem -> LOG.warn("a join continues despite: {}", problem.toLine()));
    }

    private String ensurePublished(ActivityFence fence, ClusterName cluster, String wanted) {
        ClusterInfoConfigMap map = new ClusterInfoConfigMap(clients.client(cluster));
        for (int i = 0; i < MAX_SWAPS; i++) {
            Optional<ConfigMap> read = reads.get(cluster, map::get);
            Optional<String> existing = ClusterInfoConfigMap.value(read, ClusterInfoConfigMap.KUBECONFIG);
            if (existing.isPresent()) {
                return existing.get();
            }
            fence.recordEffect(
                    new AuditEntry(cluster, "cluster", "clusterinfo.publish", ClusterInfoConfigMap.OBJECT), audit);
            Map<String, String> data = ClusterInfoConfigMap.copyOfData(read);
            data.put(ClusterInfoConfigMap.KUBECONFIG, wanted);
            if (map.compareAndSwap(read, data).isPresent()) {
                return wanted;
            }
            pause.await(i + 1);
        }
        throw SignatureWriter.conflict(cluster);
    }

    private static URI endpoint(KubernetesClient client) {
        String url = client.getMasterUrl().toString();
        return URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    }

    private static String caPem(Config config) {
        if (config.getCaCertData() != null) {
            return new String(Base64.getMimeDecoder().decode(config.getCaCertData()), StandardCharsets.UTF_8);
        }
        if (config.getCaCertFile() == null) {
            throw new IllegalArgumentException("the kubeconfig names no certificate authority");
        }
        try {
            return Files.readString(Path.of(config.getCaCertFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
