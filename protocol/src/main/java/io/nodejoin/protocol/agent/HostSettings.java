package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster wants of its hosts beyond their profile.
 *
 * @param swap absent means off
 * @param containerd absent means that nothing of containerd's configuration is touched
 * @param kubelet absent means the kubelet's defaults
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostSettings(
        @Nullable SwapPolicy swap,
        @Nullable ContainerdSettings containerd,
        @Nullable KubeletOptions kubelet) {
    /** Those of a cluster that wants nothing. */
    public static final HostSettings DEFAULT = new HostSettings(null, null, null);

    /** These, or those of a cluster that wants nothing. */
    public static HostSettings orDefault(@Nullable HostSettings settings) {
        return settings == null ? DEFAULT : settings;
    }

    /** What becomes of swap. */
    public SwapPolicy swapPolicy() {
        return swap == null ? SwapPolicy.OFF : swap;
    }

    /** The control group driver that is asked for. */
    public Optional<CgroupDriver> cgroupDriver() {
        return Optional.ofNullable(containerd).map(ContainerdSettings::cgroupDriver);
    }

    /** The sandbox image that is asked for. */
    public Optional<String> sandboxImage() {
        return Optional.ofNullable(containerd).map(ContainerdSettings::sandboxImage);
    }
}
