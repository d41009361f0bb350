package io.nodejoin.agent.preflight;

import io.nodejoin.agent.kubelet.KubeletPaths;
import java.util.List;
import java.util.stream.Stream;

/** The units that checks need, all read by one call of systemctl. */
final class CheckedUnits {
    static final String CONTAINERD = "containerd.service";
    static final String DOCKER = "docker.service";

    /** Other ways to run a Kubernetes node: each has its own kubelet. */
    static final List<String> OTHER_NODES = List.of(
            "k3s.service",
            "k3s-agent.service",
            "rke2-server.service",
            "rke2-agent.service",
            "k0scontroller.service",
            "k0sworker.service",
            "snap.microk8s.daemon-kubelite.service",
            "snap.kubelet-eks.daemon.service");

    static final List<String> FIREWALLS = List.of("firewalld.service", "ufw.service");

    static final List<String> TIME_SERVICES = List.of(
            "systemd-timesyncd.service",
            "chrony.service",
            "chronyd.service",
            "ntpsec.service",
            "ntpd.service",
            "ntp.service",
            "openntpd.service");

    private CheckedUnits() {}

    static List<String> all() {
        return Stream.of(List.of(CONTAINERD, DOCKER, KubeletPaths.UNIT), OTHER_NODES, FIREWALLS, TIME_SERVICES)
                .flatMap(List::stream)
                .toList();
    }
}
