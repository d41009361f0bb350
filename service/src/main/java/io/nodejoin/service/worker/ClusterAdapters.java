package io.nodejoin.service.worker;

import io.nodejoin.activities.ActivityLease;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.csr.KubernetesCertificateActivities;
import io.nodejoin.activities.kubernetes.clusterinfo.ClusterFitness;
import io.nodejoin.activities.kubernetes.clusterinfo.KubernetesClusterInfoActivities;
import io.nodejoin.activities.kubernetes.drain.KubernetesDrainActivities;
import io.nodejoin.activities.kubernetes.outbox.LedgeredEventActivities;
import io.nodejoin.activities.kubernetes.node.KubernetesNodeActivities;
import io.nodejoin.activities.kubernetes.token.KubernetesTokenActivities;
import io.nodejoin.activities.kubernetes.token.TokenTraces;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.workflows.certificate.ServingActivities;
import io.nodejoin.workflows.event.EventActivities;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.ToIntFunction;

/** The adapters to clusters that joins act with; the janitor acts with the same. */
public record ClusterAdapters(
        ClusterClients clients,
        KubernetesTokenActivities tokens,
        KubernetesClusterInfoActivities clusterInfo,
        KubernetesCertificateActivities certificates,
        KubernetesNodeActivities nodes,
        KubernetesDrainActivities drains)
        implements AutoCloseable {

    /** Makes them; nothing connects before it is used. */
    public static ClusterAdapters of(
            ClusterClients clients, AuditLog audit, ClusterFitness fitness, ToIntFunction<ClusterName> tokenCaps) {
        var clusterInfo = new KubernetesClusterInfoActivities(clients, audit, fitness);
        var certificates = new KubernetesCertificateActivities(clients, audit);
        TokenTraces traces = (token, right) -> {
            clusterInfo.removeSignature(token, right);
            certificates.denyUndecided(token, right);
        };
        return new ClusterAdapters(
                clients,
                new KubernetesTokenActivities(clients, audit, new SecureRandom(), traces, tokenCaps),
                clusterInfo,
                certificates,
                new KubernetesNodeActivities(clients, audit),
                new KubernetesDrainActivities(clients, audit));
    }

    /** All that a worker of joins and leaves runs. */
    public List<Object> activities(ServingActivities serving, EventActivities events) {
        return List.of(tokens, clusterInfo, certificates, serving, nodes, drains, events);
    }

    /** The same events, told so that the ledger knows which outcomes are owed. */
    public EventActivities ledgered(EventActivities events) {
        return new LedgeredEventActivities(
                events, clients, () -> ActivityLease.begin().run());
    }

    /** Ends their watches. The clients belong to somebody else. */
    @Override
    public void close() {
        certificates.close();
        nodes.close();
    }
}
