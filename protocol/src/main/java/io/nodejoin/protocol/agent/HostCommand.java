package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.Taint;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The five things that a host can be told to do. There is no free command, no script and no free kubelet flag. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "verb")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Preflight", value = HostCommand.Preflight.class),
    @JsonSubTypes.Type(name = "PrepareHost", value = HostCommand.PrepareHost.class),
    @JsonSubTypes.Type(name = "StartKubelet", value = HostCommand.StartKubelet.class),
    @JsonSubTypes.Type(name = "ResetHost", value = HostCommand.ResetHost.class),
    @JsonSubTypes.Type(name = "CollectDiagnostics", value = HostCommand.CollectDiagnostics.class)
})
public sealed interface HostCommand {

    /** The word for this command in JSON, logs and metrics. */
    default String verb() {
        return getClass().getSimpleName();
    }

    /**
     * Checks the host without changing it.
     *
     * @param kubernetesVersion the API server's version, for the kubelet's version skew
     * @param apiServer must be reachable from the host
     * @param kubeletDigests the host's kubelet must be one of these; empty means that any is accepted
     * @param settings what the cluster wants of the host beyond its profile; absent means nothing
     * @param podCidr the addresses of a bridge for pods; absent means that there is none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Preflight(
            HostProfile profile,
            String kubernetesVersion,
            URI apiServer,
            @Nullable String nodeIp,
            List<ArtifactDigest> kubeletDigests,
            @Nullable HostSettings settings,
            @Nullable String podCidr)
            implements HostCommand {
        public Preflight {
            kubeletDigests = List.copyOf(kubeletDigests);
        }
    }

    /**
     * Brings the host into the state that the profile and the settings describe. A second call changes nothing.
     *
     * @param settings what the cluster wants of the host beyond its profile; absent means nothing
     * @param podCidr the addresses of a bridge for pods; absent means that there is none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PrepareHost(
            HostProfile profile,
            @Nullable HostSettings settings,
            @Nullable String podCidr) implements HostCommand {}

    /**
     * Opens the sealed token, verifies the cluster, starts the kubelet, and ends once the token is refused with 401 by
     * the API server and wiped from the host.
     *
     * @param apiServer where cluster-info is read and the kubelet connects to
     * @param caPins one of them must match the cluster's CA before anything secret is sent
     * @param clusterUid UID of the namespace kube-system, bound into the seal
     * @param tokenId the public half of the sealed token
     * @param sealedToken the token as a JWE, see {@link SealedTokenHeader}
     * @param kubeletDigests the program that is started must be one of these; empty means that any is accepted
     * @param settings what the cluster wants of the kubelet's configuration; absent means nothing
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record StartKubelet(
            URI apiServer,
            List<CaPin> caPins,
            String clusterUid,
            TokenId tokenId,
            String sealedToken,
            KubeletSettings kubelet,
            List<ArtifactDigest> kubeletDigests,
            @Nullable HostSettings settings)
            implements HostCommand {
        public StartKubelet {
            caPins = List.copyOf(caPins);
            kubeletDigests = List.copyOf(kubeletDigests);
        }
    }

    /**
     * What the kubelet is told about its node.
     *
     * @param nodeIp one address, or one of each IP family with a comma between them
     * @param serverTlsBootstrap whether it asks the cluster for its serving certificate; absent means that it signs its own
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record KubeletSettings(
            @Nullable String nodeIp,
            @Nullable String providerId,
            List<Taint> registerWithTaints,
            @Nullable Boolean serverTlsBootstrap) {
        public KubeletSettings {
            registerWithTaints = List.copyOf(registerWithTaints);
        }
    }

    /** Stops the kubelet and takes back from the journal whatever earlier commands changed. A clean host stays as it is. */
    record ResetHost() implements HostCommand {}

    /** Collects the redacted last lines of the kubelet's log and the state of its unit. */
    record CollectDiagnostics(int lines) implements HostCommand {}
}
