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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The commands that a host executes. There is no free-form command, no script and no free-form kubelet flag. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "verb")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Preflight", value = HostCommand.Preflight.class),
    @JsonSubTypes.Type(name = "PrepareHost", value = HostCommand.PrepareHost.class),
    @JsonSubTypes.Type(name = "StartKubelet", value = HostCommand.StartKubelet.class),
    @JsonSubTypes.Type(name = "ResetHost", value = HostCommand.ResetHost.class),
    @JsonSubTypes.Type(name = "CollectDiagnostics", value = HostCommand.CollectDiagnostics.class)
})
public sealed interface HostCommand {

    /** The name of this command in JSON, logs and metrics. */
    default String verb() {
        return getClass().getSimpleName();
    }

    /**
     * Checks the host without changing it.
     *
     * @param kubernetesVersion the API server's version, for the kubelet's version skew
     * @param apiServer the endpoint that must be reachable from the host
     * @param kubeletDigests allowed digests of the host's kubelet; empty allows any
     * @param settings the cluster's host settings in addition to the profile; absent means none
     * @param podCidr the address range of a bridge for pods; absent means no bridge
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
     * Brings the host into the state that the profile and the settings describe. Idempotent.
     *
     * @param tlsBootstrap whether the agent creates the kubelet's key
     * @param settings the cluster's host settings in addition to the profile; absent means none
     * @param podCidr the address range of a bridge for pods; absent means no bridge
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PrepareHost(
            HostProfile profile,
            TlsBootstrap tlsBootstrap,
            @Nullable HostSettings settings,
            @Nullable String podCidr) implements HostCommand {

        /** Returns whether both bring a host into the same state. */
        public boolean hasEffectOf(PrepareHost other) {
            return profile == other.profile
                    && tlsBootstrap == other.tlsBootstrap
                    && HostSettings.orDefault(settings).equals(HostSettings.orDefault(other.settings))
                    && Objects.equals(podCidr, other.podCidr);
        }
    }

    /**
     * Decrypts the sealed token, verifies the cluster and starts the kubelet. Completes once the API server rejects the
     * token with 401 and the host has erased it.
     *
     * @param apiServer the endpoint that serves cluster-info and that the kubelet connects to
     * @param caPins the cluster's CA must match one of them before the host sends any secret
     * @param clusterUid UID of the namespace kube-system, bound into the sealed token
     * @param tokenId the public half of the sealed token
     * @param sealedToken the token as a JWE, see {@link SealedTokenHeader}
     * @param tlsBootstrap who requests the kubelet's certificate
     * @param kubeletDigests allowed digests of the kubelet that is started; empty allows any
     * @param settings the cluster's settings for the kubelet's configuration; absent means none
     * @param preflight checks of a host that was prepared early: the host passes them and is still prepared, or prepared
     *     again, before anything else happens; absent if the join has checked and prepared the host
     * @param expirationSeconds the lifetime that the agent requests for the kubelet's client certificate, as
     *     {@code spec.expirationSeconds} of the CertificateSigningRequest; absent means the cluster's default
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record StartKubelet(
            URI apiServer,
            List<CaPin> caPins,
            String clusterUid,
            TokenId tokenId,
            String sealedToken,
            TlsBootstrap tlsBootstrap,
            KubeletSettings kubelet,
            List<ArtifactDigest> kubeletDigests,
            @Nullable HostSettings settings,
            @Nullable Preflight preflight,
            @Nullable Integer expirationSeconds)
            implements HostCommand {
        public StartKubelet {
            caPins = List.copyOf(caPins);
            kubeletDigests = List.copyOf(kubeletDigests);
        }
    }

    /**
     * The node's own settings in the kubelet's configuration.
     *
     * @param nodeIp one address, or one of each IP family with a comma between them
     * @param serverTlsBootstrap whether the kubelet requests its serving certificate from the cluster; absent means a
     *     self-signed one
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

    /**
     * Stops the kubelet and undoes every journaled change of earlier commands. A clean host is not changed. Idempotent.
     */
    record ResetHost() implements HostCommand {}

    /** Collects the last redacted lines of the kubelet's log and the state of its unit. */
    record CollectDiagnostics(int lines) implements HostCommand {}
}
