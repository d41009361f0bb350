package io.nodejoin.agent.preflight;

import io.nodejoin.agent.host.FileMetadata;
import io.nodejoin.agent.kubelet.KubeletPaths;
import java.util.List;

/** Checks for what an earlier node has left on the host. */
final class LeftoverChecks {
    private static final List<String> FILES = List.of(
            "/etc/kubernetes/kubelet.conf",
            "/etc/kubernetes/bootstrap-kubelet.conf",
            "/etc/kubernetes/admin.conf",
            "/var/lib/etcd/member");

    static final List<HostCheck> ALL = List.of(
            HostCheck.error(
                    "leftover-kubelet",
                    "no kubelet that runs already",
                    "systemctl disable --now kubelet",
                    host -> CheckResult.require(
                            !host.unit(KubeletPaths.UNIT).isActive(), KubeletPaths.UNIT + " is running already")),
            HostCheck.error(
                    "leftover-kubeconfig",
                    "no " + KubeletPaths.KUBECONFIG,
                    "remove it together with " + KubeletPaths.PKI,
                    host -> CheckResult.require(
                            host.files().metadata(KubeletPaths.KUBECONFIG).isEmpty(),
                            KubeletPaths.KUBECONFIG + " of an earlier join exists")),
            HostCheck.error(
                    "leftover-certificate",
                    "no file where a kubelet's link is: " + KubeletPaths.CLIENT_CERTIFICATE,
                    "remove it",
                    host -> CheckResult.require(
                            host.files()
                                    .metadata(KubeletPaths.CLIENT_CERTIFICATE)
                                    .filter(metadata -> metadata.kind() != FileMetadata.Kind.SYMLINK)
                                    .isEmpty(),
                            KubeletPaths.CLIENT_CERTIFICATE + " is no link, and no kubelet would start")),
            HostCheck.error(
                    "leftover-cluster",
                    "no credentials or data of another cluster: " + String.join(", ", FILES),
                    "kubeadm reset --force, or a new machine",
                    host -> CheckResult.ofDeviations(FILES.stream()
                            .filter(host.files()::exists)
                            .map(path -> path + " exists")
                            .toList())),
            HostCheck.warning(
                    "static-pods",
                    "no static pods in " + KubeletPaths.STATIC_PODS,
                    "remove the manifests that are not wanted on the node",
                    host -> CheckResult.ofDeviations(host.files().list(KubeletPaths.STATIC_PODS).stream()
                            .filter(name -> name.matches(".*\\.(ya?ml|json)"))
                            .map(name -> KubeletPaths.STATIC_PODS + "/" + name + " will run on the node")
                            .toList())),
            HostCheck.error(
                    "conflicting-units",
                    "no other way to run a Kubernetes node",
                    "systemctl disable --now the named unit",
                    host -> CheckResult.ofDeviations(CheckedUnits.OTHER_NODES.stream()
                            .filter(unit -> host.unit(unit).isActive())
                            .map(unit -> unit + " is running")
                            .toList())));

    private LeftoverChecks() {}
}
