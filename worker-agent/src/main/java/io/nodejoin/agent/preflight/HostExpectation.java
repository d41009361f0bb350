package io.nodejoin.agent.preflight;

import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.event.HostProfile;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a host is checked for. What is not known is not compared.
 *
 * @param kubernetesVersion the API server's version
 * @param apiServer must be reachable from the host
 * @param nodeIp the address that the kubelet will be given
 * @param kubeletDigests the kubelet must be one of these; empty means any
 * @param settings what the cluster wants of the host beyond its profile
 * @param podCidr the addresses of a bridge for pods, if there is to be one
 * @param gateway must be reachable from the host; not named in a join, since the agent got the join from it
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

    /** What a join asks for. */
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

    /** What any host with this profile must be like, whatever it joins. */
    public static HostExpectation of(HostProfile profile) {
        return new HostExpectation(profile, null, null, null, List.of(), HostSettings.DEFAULT, null, null);
    }
}
