package io.nodejoin.testbed.host;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.template.Template;
import java.util.Map;
import java.util.UUID;

/** Writes what differs between hosts before their first boot: name, network, and faults. */
final class HostConfigurator {
    private final AddressPlan plan;

    HostConfigurator(AddressPlan plan) {
        this.plan = plan;
    }

    void writeTo(HostRootWriter files, HostSpec spec, int number) {
        files.write("etc/hostname", spec.name() + "\n");
        files.write("etc/machine-id", UUID.randomUUID().toString().replace("-", "") + "\n");
        files.write("etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
        if (!spec.has(HostFault.OWN_NAME_UNKNOWN)) {
            files.append("etc/hosts", plan.hostAddress(number) + " " + spec.name() + "\n");
        }
        files.write(
                "etc/cni/net.d/10-pods.conflist",
                Template.load("host/pods.conflist").render(Map.of("subnet", plan.podSubnet(number))));
        if (plan.settings().kubeProxy()) {
            files.write(
                    "etc/systemd/system/containerd.service.d/20-kube-proxy.conf",
                    Template.load("host/containerd-kube-proxy.conf").text());
        }
        for (HostFault fault : spec.faults()) {
            apply(fault, files);
        }
    }

    private static void apply(HostFault fault, HostRootWriter files) {
        switch (fault) {
            case KUBELET_CANNOT_START ->
                files.writeExecutable(
                        "usr/local/bin/kubelet",
                        Template.load("host/broken-kubelet").text());
            case KUBELET_PORT_TAKEN -> {
                files.write(
                        "etc/systemd/system/port-thief.service",
                        Template.load("host/port-thief.service").text());
                files.link("etc/systemd/system/multi-user.target.wants/port-thief.service", "../port-thief.service");
            }
            case RUNTIME_DOWN -> files.mask("containerd.service");
            case KUBELET_MISSING, OWN_NAME_UNKNOWN, NO_AGENT -> {
                // These consist in something that is not written.
            }
        }
    }
}
