package io.nodejoin.protocol.hostile;

import java.util.stream.Stream;

/** What Kubernetes and its programs give a meaning to. */
final class KubernetesTexts {
    private KubernetesTexts() {}

    static Stream<HostileText> all() {
        return Stream.concat(flags(), keys());
    }

    private static Stream<HostileText> flags() {
        return HostileText.of(
                "flag",
                "-x",
                "--config",
                "--config=/tmp/evil.yaml",
                "--kubeconfig=/tmp/evil",
                "--anonymous-auth=true",
                "--authorization-mode=AlwaysAllow",
                "--node-labels=node-role.kubernetes.io/control-plane=",
                "--register-with-taints=",
                "a --v=9",
                "-n kube-system",
                "--as=system:masters",
                "-f -",
                "--",
                "-o yaml",
                "system:masters",
                "system:node:other",
                "system:serviceaccount:kube-system:default",
                "O=system:masters",
                "CN=system:node:a,O=system:masters");
    }

    private static Stream<HostileText> keys() {
        return HostileText.of(
                "key",
                "node-role.kubernetes.io/control-plane",
                "node-role.kubernetes.io/master",
                "node-role.kubernetes.io/worker",
                "node-restriction.kubernetes.io/tenant",
                "a.node-restriction.kubernetes.io/tenant",
                "kubernetes.io/hostname",
                "kubernetes.io/os",
                "beta.kubernetes.io/arch",
                "topology.kubernetes.io/zone",
                "x.topology.kubernetes.io/zone",
                "topology.k8s.io/zone",
                "node.kubernetes.io/exclude-from-external-load-balancers",
                "node.kubernetes.io/out-of-service",
                "node.cloudprovider.kubernetes.io/uninitialized",
                "kubelet.kubernetes.io/a",
                "k8s.io/a",
                "a.b.k8s.io/c",
                "notkubernetes.io/a",
                "kubernetes.io.example/a",
                "kubernetes.io",
                "Kubernetes.io/a",
                "KUBERNETES.IO/hostname",
                "kubernetes.io./a",
                ".kubernetes.io/a",
                "kubernetes.io//hostname",
                "kubernetes.io/hostname/a",
                "kubernetes.io/",
                "/hostname",
                "kubernetes\u3002io/hostname",
                "kubernetes.io\n/hostname",
                "kubernetes.io/hostname\n",
                "fleet.example/pool",
                "fleet.example/pool~1",
                "a~b/c",
                "NoSchedule",
                "noschedule",
                "NoExecute ",
                "containerd",
                "Ready");
    }
}
