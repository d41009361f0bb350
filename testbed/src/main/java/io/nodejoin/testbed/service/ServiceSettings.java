package io.nodejoin.testbed.service;

import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a bed's service.
 *
 * @param strict whether joins fail while the cluster does not meet the preconditions
 * @param kubeletDigests allowed digests of the kubelet; empty allows any
 * @param requestKeys a JWK set with the keys that verify requests; without it unsigned ones are accepted
 * @param hosts the cluster's host settings
 * @param kafkaClient settings of its Kafka clients
 * @param overLinks whether it reaches Kafka, Temporal and the API server over links into which faults can be injected
 */
public record ServiceSettings(
        ApprovalMode approval,
        boolean strict,
        List<ArtifactDigest> kubeletDigests,
        @Nullable Path requestKeys,
        HostSettings hosts,
        Map<String, String> kafkaClient,
        boolean overLinks) {
    public ServiceSettings {
        kubeletDigests = List.copyOf(kubeletDigests);
        kafkaClient = Map.copyOf(kafkaClient);
    }

    /** A strict service that approves by itself and believes every request. */
    public static ServiceSettings standard() {
        return approving(ApprovalMode.NODEJOIN);
    }

    public static ServiceSettings approving(ApprovalMode approval) {
        return new ServiceSettings(approval, true, List.of(), null, HostSettings.DEFAULT, Map.of(), false);
    }

    public ServiceSettings withWarningsOnly() {
        return new ServiceSettings(approval, false, kubeletDigests, requestKeys, hosts, kafkaClient, overLinks);
    }

    public ServiceSettings withRequestKeys(Path keys, List<ArtifactDigest> kubelets) {
        return new ServiceSettings(approval, strict, kubelets, keys, hosts, kafkaClient, overLinks);
    }

    public ServiceSettings withHostSettings(HostSettings wanted) {
        return new ServiceSettings(approval, strict, kubeletDigests, requestKeys, wanted, kafkaClient, overLinks);
    }

    /**
     * With static membership a restarted service gets its partitions immediately, without waiting for the session of
     * its predecessor to time out.
     */
    public ServiceSettings withStaticGroupMembership() {
        return new ServiceSettings(
                approval,
                strict,
                kubeletDigests,
                requestKeys,
                hosts,
                Map.of("group.instance.id", "testbed"),
                overLinks);
    }

    /** The service uses the bed's links, which must have been started. */
    public ServiceSettings withLinks() {
        return new ServiceSettings(approval, strict, kubeletDigests, requestKeys, hosts, kafkaClient, true);
    }

    /** The approval as files and options write it. */
    String approvalLabel() {
        return approval.name().toLowerCase(Locale.ROOT);
    }
}
