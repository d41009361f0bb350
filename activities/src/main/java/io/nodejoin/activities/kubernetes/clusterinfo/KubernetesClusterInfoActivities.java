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
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes cluster-info, and adds and removes the signatures of tokens. Keeps what other controllers have written. */
public final class KubernetesClusterInfoActivities implements ClusterInfoActivities {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesClusterInfoActivities.class);
    /** Maximum number of attempts to swap without a pause; after that many conflicts a pause helps more. */
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
    /** Serializes writes of this process, in FIFO order, to avoid conflicts among them. */
    private final Map<ClusterName, ReentrantLock> locks = new ConcurrentHashMap<>();

    public KubernetesClusterInfoActivities(ClusterClients clients, AuditLog audit, ClusterPreconditions preconditions) {
        this.clients = clients;
        this.audit = audit;
        this.preconditions = preconditions;
        this.identities = ClusterIdentities.of(clients);
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
     * Adds or replaces one token's signature by compare-and-swap and reads it back without credentials. Keeps the
     * signatures of other tokens. Idempotent.
     */
    public void publishSignature(TokenRef token, String jws, EffectGuard guard) {
        String key = token.tokenId().signatureKey();
        ClusterInfoConfigMap published = new ClusterInfoConfigMap(clients.client(token.cluster()));
        for (int i = 0; i < MAX_PUBLICATIONS; i++) {
            updateConfigMap(guard, token, "clusterinfo.sign", key, jws, data -> {
                data.put(key, jws);
                return data;
            });
            if (published.getValue(key).equals(Optional.of(jws))) {
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

    /** Removes one token's signature. Succeeds if it is absent. Idempotent. */
    public void removeSignature(TokenRef token, EffectGuard guard) {
        String key = token.tokenId().signatureKey();
        updateConfigMap(guard, token, "clusterinfo.remove-signature", key, null, data -> {
            data.remove(key);
            return data;
        });
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
            Optional<ConfigMap> read = map.get();
            Optional<String> existing =
                    read.map(ClusterInfoConfigMap::data).map(data -> data.get(ClusterInfoConfigMap.KUBECONFIG));
            if (existing.isPresent()) {
                return existing.get();
            }
            fence.recordEffect(
                    new AuditEntry(cluster, "cluster", "clusterinfo.publish", ClusterInfoConfigMap.OBJECT), audit);
            if (map.compareAndSwap(read, data -> {
                data.put(ClusterInfoConfigMap.KUBECONFIG, wanted);
                return data;
            })) {
                return wanted;
            }
        }
        throw conflict(cluster);
    }

    private void updateConfigMap(
            EffectGuard guard,
            TokenRef token,
            String action,
            String key,
            @Nullable String wanted,
            UnaryOperator<Map<String, String>> change) {
        ClusterInfoConfigMap map = new ClusterInfoConfigMap(clients.client(token.cluster()));
        ReentrantLock lock = locks.computeIfAbsent(token.cluster(), _ -> new ReentrantLock(true));
        lock.lock();
        try {
            for (int i = 0; i < MAX_SWAPS; i++) {
                Optional<ConfigMap> read = map.get();
                Optional<String> existing = read.map(ClusterInfoConfigMap::data).map(data -> data.get(key));
                if (existing.equals(Optional.ofNullable(wanted))) {
                    return;
                }
                guard.recordEffect(
                        new AuditEntry(
                                token.cluster(),
                                token.joinId().value(),
                                action,
                                ClusterInfoConfigMap.OBJECT + "#" + key),
                        audit);
                if (map.compareAndSwap(read, change)) {
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
        throw conflict(token.cluster());
    }

    private static RuntimeException conflict(ClusterName cluster) {
        return Failures.of(
                FailureType.CONFLICT,
                new Problem(
                        ErrorCode.OBJECT_CONFLICT,
                        ClusterInfoConfigMap.OBJECT + " of cluster " + cluster + " was changed by others " + MAX_SWAPS
                                + " times in a row"));
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
