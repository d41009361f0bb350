package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a cluster's hosts in addition to their profile.
 *
 * @param swap absent means off
 * @param containerd absent leaves containerd's configuration unchanged
 * @param kubelet absent means the kubelet's defaults
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostSettings(
        @Nullable SwapPolicy swap,
        @Nullable ContainerdSettings containerd,
        @Nullable KubeletOptions kubelet) {
    /** The settings of a cluster that configures none. */
    public static final HostSettings DEFAULT = new HostSettings(null, null, null);

    /** Returns the given settings, or {@link #DEFAULT} if there are none. */
    public static HostSettings orDefault(@Nullable HostSettings settings) {
        return settings == null ? DEFAULT : settings;
    }

    /** Returns how swap is configured; off by default. */
    public SwapPolicy swapPolicy() {
        return swap == null ? SwapPolicy.OFF : swap;
    }

    /** Returns the configured cgroup driver. */
    public Optional<CgroupDriver> cgroupDriver() {
        return Optional.ofNullable(containerd).map(ContainerdSettings::cgroupDriver);
    }

    /** Returns the configured sandbox image. */
    public Optional<String> sandboxImage() {
        return Optional.ofNullable(containerd).map(ContainerdSettings::sandboxImage);
    }
}
