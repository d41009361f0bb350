package io.nodejoin.client.kubernetes;

import io.nodejoin.activities.ActivityFence;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.ServerClocks;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterPreconditions;
import io.nodejoin.activities.kubernetes.clusterinfo.ConflictPause;
import io.nodejoin.activities.kubernetes.clusterinfo.KubernetesClusterInfoActivities;
import io.nodejoin.activities.kubernetes.csr.KubernetesCertificateActivities;
import io.nodejoin.activities.kubernetes.drain.KubernetesDrainActivities;
import io.nodejoin.activities.kubernetes.node.KubernetesNodeActivities;
import io.nodejoin.activities.kubernetes.outbox.OutboxEventActivities;
import io.nodejoin.activities.kubernetes.token.KubernetesTokenActivities;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.rejoin.RejoinActivities;
import io.nodejoin.workflows.token.TokenRef;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/** The adapters to clusters, used by the activities of joins and by the garbage collector. */
public record ClusterAdapters(
        ClusterClients clients,
        KubernetesTokenActivities tokens,
        KubernetesClusterInfoActivities clusterInfo,
        KubernetesCertificateActivities certificates,
        KubernetesNodeActivities nodes,
        KubernetesDrainActivities drains,
        CsrDenial denial)
        implements AutoCloseable {
    /** Leaves the denial to the approver, whose monitor denies what is pending once the ledger no longer has the token. */
    public static final CsrDenial DENIED_BY_APPROVER = (_, _) -> {};

    /** Denies the pending CSRs of a token, if this process may. */
    @FunctionalInterface
    public interface CsrDenial {
        void denyPending(TokenRef token, EffectGuard guard);
    }

    /**
     * Creates the adapters; each connects on first use.
     *
     * @param certificates the caller closes it
     * @param denial of the pending CSRs of revoked tokens
     * @param tokenRejections receives how long after its deletion a token was rejected
     */
    public static ClusterAdapters create(
            ClusterClients clients,
            AuditLog audit,
            ClusterPreconditions preconditions,
            ToIntFunction<ClusterName> tokenCaps,
            KubernetesCertificateActivities certificates,
            CsrDenial denial,
            BiConsumer<ClusterName, Duration> tokenRejections) {
        Consumer<Duration> sleeper = time -> LockSupport.parkNanos(time.toNanos());
        var random = new SecureRandom();
        var clusterInfo = new KubernetesClusterInfoActivities(
                clients, audit, preconditions, ConflictPause.random(random, sleeper));
        var clocks = ServerClocks.of(clients);
        return new ClusterAdapters(
                clients,
                new KubernetesTokenActivities(
                        clients, audit, random, new Artifacts(clusterInfo, denial), tokenCaps, clocks, tokenRejections),
                clusterInfo,
                certificates,
                new KubernetesNodeActivities(clients, audit, clocks),
                new KubernetesDrainActivities(clients, audit, sleeper, clocks),
                denial);
    }

    /** Returns the activities of a worker of joins and leaves, without those of the approver. */
    public List<Object> activities(EventActivities events, RejoinActivities rejoins) {
        return List.of(tokens, clusterInfo, nodes, drains, events, rejoins);
    }

    /** Returns the event activities with the outbox. */
    public EventActivities withOutbox(EventActivities events) {
        return new OutboxEventActivities(
                events, clients, () -> ActivityFence.ofCurrentActivity().workflowRun());
    }

    /** Starts the watches of this cluster, so that its first join finds them running. Idempotent. */
    public void startWatches(ClusterName cluster) {
        certificates.startWatch(cluster);
        nodes.startWatch(cluster);
        tokens.startWatch(cluster);
    }

    /** Stops the watches of Nodes and ledgers. Does not close the clients. */
    @Override
    public void close() {
        nodes.close();
        tokens.close();
    }

    /** Counterparties do not know each other; only here do they meet. */
    private record Artifacts(KubernetesClusterInfoActivities clusterInfo, CsrDenial denial)
            implements KubernetesTokenActivities.TokenArtifacts {
        @Override
        public void publishSignature(TokenRef token, String jws, EffectGuard guard) {
            clusterInfo.publishSignature(token, jws, guard);
        }

        @Override
        public void removeSignature(TokenRef token, EffectGuard guard) {
            clusterInfo.removeSignature(token, guard);
        }

        @Override
        public void denyPendingCsrs(TokenRef token, EffectGuard guard) {
            denial.denyPending(token, guard);
        }
    }
}
