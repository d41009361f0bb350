package io.nodejoin.agent.kubelet;

import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.plan.Profile;

/**
 * The container runtime of a kubelet.
 *
 * @param socket path of the CRI socket
 * @param unit the unit that must run
 */
public record CriEndpoint(String socket, String unit) {
    /** containerd's own socket, which exists with Docker as well. */
    public static final CriEndpoint CONTAINERD =
            new CriEndpoint("/run/containerd/containerd.sock", "containerd.service");

    /** Docker through cri-dockerd, which some distributions package. */
    public static final CriEndpoint CRI_DOCKERD = new CriEndpoint("/run/cri-dockerd.sock", "cri-docker.service");

    /**
     * Returns the endpoint of a prepared host: cri-dockerd on a host with Docker, if it is installed, else containerd.
     */
    public static CriEndpoint detect(HostFiles files) {
        return files.exists(Profile.DOCKER_DROP_IN) && files.exists(CRI_DOCKERD.socket()) ? CRI_DOCKERD : CONTAINERD;
    }
}
