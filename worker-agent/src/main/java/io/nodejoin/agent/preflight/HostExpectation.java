package io.nodejoin.agent.preflight;

import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.event.HostProfile;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The expected properties of a host. An absent value is not compared.
 *
 * @param kubernetesVersion the API server's version
 * @param apiServer the endpoint that must be reachable from the host
 * @param nodeIp the kubelet's node IP
 * @param kubeletDigests allowed digests of the kubelet; empty allows any
 * @param settings the cluster's host settings in addition to the profile
 * @param podCidr the address range of a bridge for pods, if there is one
 * @param gateway the URL that must be reachable from the host; absent in a join, which the agent received from it
 */
public record HostExpectation(
        HostProfile profile,
        @Nullable String kubernetesVersion,
        @Nullable URI apiServer,
        @Nullable String nodeIp,
        List<ArtifactDigest> kubeletDigests,
        HostSettings settings,
        @Nullable String podCidr,
        @Nullable URI gateway) {
    public HostExpectation {
        kubeletDigests = List.copyOf(kubeletDigests);
    }

    /** Returns what a join expects of its host. */
    public static HostExpectation of(HostCommand.Preflight command) {
        return new HostExpectation(
                command.profile(),
                command.kubernetesVersion(),
                command.apiServer(),
                command.nodeIp(),
                command.kubeletDigests(),
                HostSettings.orDefault(command.settings()),
                command.podCidr(),
                null);
    }

    /** Returns what every join with this profile expects. */
    public static HostExpectation of(HostProfile profile) {
        return of(profile, HostSettings.DEFAULT);
    }

    /** Returns what every join with this profile and these settings of its cluster expects. */
    public static HostExpectation of(HostProfile profile, HostSettings settings) {
        return new HostExpectation(profile, null, null, null, List.of(), settings, null, null);
    }
}
