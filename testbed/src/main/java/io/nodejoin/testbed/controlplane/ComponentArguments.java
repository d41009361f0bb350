package io.nodejoin.testbed.controlplane;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.pki.BedPki;
import java.util.List;

/** The flags of the control plane's components. */
record ComponentArguments(AddressPlan plan, BedDirectories directories, BedPki pki) {

    List<String> etcd() {
        return List.of(
                "--data-dir=" + directories.etcd(),
                // A bed is disposable: it may lose its state with the machine, but must be fast.
                "--unsafe-no-fsync",
                "--listen-client-urls=http://" + plan.etcd(),
                "--advertise-client-urls=http://" + plan.etcd(),
                "--listen-peer-urls=http://" + plan.etcdPeer(),
                "--initial-advertise-peer-urls=http://" + plan.etcdPeer(),
                "--initial-cluster=default=http://" + plan.etcdPeer());
    }

    List<String> apiServer() {
        return List.of(
                "--etcd-servers=http://" + plan.etcd(),
                "--bind-address="
                        + (plan.inNamespaces() ? "0.0.0.0" : plan.apiServer().address()),
                "--secure-port=" + plan.apiServer().port(),
                "--advertise-address=" + plan.apiServer().address(),
                // A loopback address cannot be published as the kubernetes Service's endpoint; without pods nothing
                // needs it.
                "--endpoint-reconciler-type=" + (plan.inNamespaces() ? "lease" : "none"),
                "--allow-privileged=true",
                // A fifth of the defaults, as fits two processors: the smallest share of it is one request at a time.
                "--max-requests-inflight=80",
                "--max-mutating-requests-inflight=40",
                "--authorization-mode=Node,RBAC",
                "--audit-policy-file=" + directories.apiAuditPolicy(),
                "--audit-log-path=" + directories.apiAudit(),
                "--enable-admission-plugins=NodeRestriction",
                "--enable-bootstrap-token-auth=true",
                "--client-ca-file=" + pki.file("ca.crt"),
                "--tls-cert-file=" + pki.file("apiserver.crt"),
                "--tls-private-key-file=" + pki.file("apiserver.key"),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + pki.file("sa.pub"),
                "--service-account-signing-key-file=" + pki.file("sa.key"),
                "--service-cluster-ip-range=" + BedPki.SERVICE_SUBNET,
                "--kubelet-client-certificate=" + pki.file("apiserver-kubelet-client.crt"),
                "--kubelet-client-key=" + pki.file("apiserver-kubelet-client.key"),
                // A kubelet that signs its own serving certificate is not spoken to.
                "--kubelet-certificate-authority=" + pki.file("ca.crt"),
                // Host names are not resolved here.
                "--kubelet-preferred-address-types=InternalIP");
    }

    List<String> controllerManager() {
        String controllers = plan.settings().tokenControllers() ? "*,bootstrapsigner,tokencleaner" : "*";
        return List.of(
                "--kubeconfig=" + pki.file("kube-controller-manager.conf"),
                "--controllers=" + controllers,
                "--bind-address=" + plan.controllerManager().address(),
                "--secure-port=" + plan.controllerManager().port(),
                "--leader-elect=false",
                "--cluster-signing-duration=8760h",
                "--cluster-signing-cert-file=" + pki.file("ca.crt"),
                "--cluster-signing-key-file=" + pki.file("ca.key"),
                "--root-ca-file=" + pki.file("ca.crt"),
                "--service-account-private-key-file=" + pki.file("sa.key"),
                "--use-service-account-credentials=true",
                "--allocate-node-cidrs=true",
                "--cluster-cidr=10.200.0.0/16");
    }

    List<String> scheduler() {
        return List.of(
                "--kubeconfig=" + pki.file("kube-scheduler.conf"),
                "--bind-address=" + plan.scheduler().address(),
                "--secure-port=" + plan.scheduler().port(),
                "--leader-elect=false");
    }
}
