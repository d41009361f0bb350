package io.nodejoin.agent.kubelet;

import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.plan.Profile;

/**
 * The container runtime that a kubelet speaks to.
 *
 * @param socket of the CRI
 * @param unit that has to run for it
 */
public record CriEndpoint(String socket, String unit) {
    /** containerd's own, which is also under Docker. */
    public static final CriEndpoint CONTAINERD =
            new CriEndpoint("/run/containerd/containerd.sock", "containerd.service");

    /** Docker's, by way of an adapter that some distributions bring. */
    public static final CriEndpoint CRI_DOCKERD = new CriEndpoint("/run/cri-dockerd.sock", "cri-docker.service");

    /** That of a host that has been prepared: cri-dockerd where Docker is, if it is installed, else containerd. */
    public static CriEndpoint detect(HostFiles files) {
        return files.exists(Profile.DOCKER_DROP_IN) && files.exists(CRI_DOCKERD.socket()) ? CRI_DOCKERD : CONTAINERD;
    }
}
