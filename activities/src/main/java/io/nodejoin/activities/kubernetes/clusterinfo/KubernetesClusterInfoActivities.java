package io.nodejoin.activities.kubernetes.clusterinfo;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.ActingRight;
import io.nodejoin.activities.ActivityLease;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.DiscoveryKubeconfig;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.clusterinfo.ClusterTrust;
import io.nodejoin.workflows.clusterinfo.TokenSignature;
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

/** Publishes, signs and cleans cluster-info; what others wrote there survives. */
public final class KubernetesClusterInfoActivities implements ClusterInfoActivities {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesClusterInfoActivities.class);
    /** Swaps in a row against other writers; beyond that the server is so busy that a pause helps more. */
    private static final int SWAPS = 10;

    private final ClusterClients clients;
    private final AuditLog audit;
    private final ClusterFitness fitness;
    /** Of this process one writes at a time, in the order in which they came: among themselves they would all but one lose. */
    private final Map<ClusterName, ReentrantLock> turns = new ConcurrentHashMap<>();

    public KubernetesClusterInfoActivities(ClusterClients clients, AuditLog audit, ClusterFitness fitness) {
        this.clients = clients;
        this.audit = audit;
        this.fitness = fitness;
    }

    @Override
    public ClusterTrust ensure(ClusterName cluster) {
        ActivityLease lease = ActivityLease.begin();
        refuseUnfit(cluster);
        KubernetesClient client = clients.client(cluster);
        String ca = caPem(client.getConfiguration());
        String kubeconfig = published(lease, cluster, DiscoveryKubeconfig.text(endpoint(client), ca));
        List<CaPin> pins = DiscoveryKubeconfig.pinsOf(ca);
        if (Collections.disjoint(pins, DiscoveryKubeconfig.pins(kubeconfig))) {
            throw Failures.of(
                    FailureType.FORBIDDEN,
                    new Problem(
                            ErrorCode.CA_PIN_MISMATCH,
                            ClusterInfoMap.OBJECT + " of cluster " + cluster
                                    + " has another CA than the kubeconfig of this service"));
        }
        return new ClusterTrust(
                client.namespaces()
                        .withName("kube-system")
                        .require()
                        .getMetadata()
                        .getUid(),
                DiscoveryKubeconfig.apiServer(kubeconfig),
                pins,
                kubeconfig,
                client.getKubernetesVersion().getGitVersion());
    }

    @Override
    public void publishSignature(TokenSignature signature) {
        TokenRef token = signature.token();
        String key = token.tokenId().signatureKey();
        change(ActivityLease.begin(), token, "clusterinfo.sign", key, signature.jws(), data -> {
            data.put(key, signature.jws());
            return data;
        });
        Optional<String> seen = new ClusterInfoMap(clients.client(token.cluster())).value(key);
        if (!seen.equals(Optional.of(signature.jws()))) {
            // A cluster's own signer drops what it cannot verify; once it has seen the Secret it adds the same bytes.
            throw Failures.of(
                    FailureType.CONFLICT,
                    new Problem(
                            ErrorCode.JWS_TIMEOUT,
                            "the signature of token " + token.tokenId() + " does not stay in "
                                    + ClusterInfoMap.OBJECT));
        }
    }

    @Override
    public void removeSignature(TokenRef token) {
        removeSignature(token, ActivityLease.begin());
    }

    /** The same on behalf of somebody who is not the join. */
    public void removeSignature(TokenRef token, ActingRight right) {
        String key = token.tokenId().signatureKey();
        change(right, token, "clusterinfo.unsign", key, null, data -> {
            data.remove(key);
            return data;
        });
    }

    private void refuseUnfit(ClusterName cluster) {
        List<Problem> problems = fitness.problems(cluster);
        if (problems.isEmpty()) {
            return;
        }
        if (fitness.isStrict(cluster)) {
            throw Failures.of(FailureType.FORBIDDEN, problems.getFirst());
        }
        problems.forEach(problem -> LOG.warn("a join goes on though {}", problem.text()));
    }

    private String published(ActivityLease lease, ClusterName cluster, String wanted) {
        ClusterInfoMap map = new ClusterInfoMap(clients.client(cluster));
        for (int i = 0; i < SWAPS; i++) {
            Optional<ConfigMap> read = map.read();
            Optional<String> there = read.map(ClusterInfoMap::data).map(data -> data.get(ClusterInfoMap.KUBECONFIG));
            if (there.isPresent()) {
                return there.get();
            }
            lease.beforeEffect(new AuditEntry(cluster, "cluster", "clusterinfo.publish", ClusterInfoMap.OBJECT), audit);
            if (map.swap(read, data -> {
                data.put(ClusterInfoMap.KUBECONFIG, wanted);
                return data;
            })) {
                return wanted;
            }
        }
        throw contended(cluster);
    }

    private void change(
            ActingRight right,
            TokenRef token,
            String action,
            String key,
            @Nullable String wanted,
            UnaryOperator<Map<String, String>> change) {
        ClusterInfoMap map = new ClusterInfoMap(clients.client(token.cluster()));
        ReentrantLock turn = turns.computeIfAbsent(token.cluster(), _ -> new ReentrantLock(true));
        turn.lock();
        try {
            for (int i = 0; i < SWAPS; i++) {
                Optional<ConfigMap> read = map.read();
                Optional<String> there = read.map(ClusterInfoMap::data).map(data -> data.get(key));
                if (there.equals(Optional.ofNullable(wanted))) {
                    return;
                }
                right.beforeEffect(
                        new AuditEntry(
                                token.cluster(), token.joinId().value(), action, ClusterInfoMap.OBJECT + "#" + key),
                        audit);
                if (map.swap(read, change)) {
                    return;
                }
            }
        } finally {
            turn.unlock();
        }
        throw contended(token.cluster());
    }

    private static RuntimeException contended(ClusterName cluster) {
        return Failures.of(
                FailureType.CONFLICT,
                new Problem(
                        ErrorCode.JWS_TIMEOUT,
                        ClusterInfoMap.OBJECT + " of cluster " + cluster + " was changed by others " + SWAPS
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
