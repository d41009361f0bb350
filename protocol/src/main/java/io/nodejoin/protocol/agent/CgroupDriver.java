package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who manages control groups for kubelet and container runtime; both must say the same. */
public enum CgroupDriver {
    @JsonProperty("systemd")
    SYSTEMD,
    @JsonProperty("cgroupfs")
    CGROUPFS;

    /** The word that kubelets know it by. */
    public String configValue() {
        return switch (this) {
            case SYSTEMD -> "systemd";
            case CGROUPFS -> "cgroupfs";
        };
    }
}
