package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The cgroup driver of kubelet and container runtime; both must use the same one. */
public enum CgroupDriver {
    @JsonProperty("systemd")
    SYSTEMD,
    @JsonProperty("cgroupfs")
    CGROUPFS;

    /** Returns the value in the kubelet's configuration. */
    public String configValue() {
        return switch (this) {
            case SYSTEMD -> "systemd";
            case CGROUPFS -> "cgroupfs";
        };
    }
}
