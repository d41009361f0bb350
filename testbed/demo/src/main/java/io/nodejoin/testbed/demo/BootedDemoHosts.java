package io.nodejoin.testbed.demo;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostFault;
import io.nodejoin.testbed.host.HostSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Booted machines with their own systemd, container runtime and kubelet. */
record BootedDemoHosts(TestBed bed) implements DemoHosts {

    @Override
    public DemoHost add(HostFixture fixture) {
        HostSpec spec = HostSpec.named(fixture.node().value(), fixture.secret());
        return new BootedHost(
                bed.addHost(fixture.kubeletCannotStart() ? spec.with(HostFault.KUBELET_CANNOT_START) : spec));
    }

    @Override
    public Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        bed.hosts().stream().findFirst().ifPresent(host -> {
            versions.put("containerd", firstLine(host, 2, "containerd", "--version"));
            versions.put("systemd", firstLine(host, 1, "systemctl", "--version"));
        });
        return versions;
    }

    private static String firstLine(Host host, int word, String... command) {
        String[] words =
                host.run(command).output().lines().findFirst().orElse("").split(" ", -1);
        return words.length > word ? words[word] : "unknown";
    }

    /** A booted host of the demo. */
    private record BootedHost(Host host) implements DemoHost {
        private static final List<String> PATHS = List.of(
                "/var/lib/kubelet/bootstrap-kubeconfig",
                "/var/lib/kubelet/kubeconfig",
                "/var/lib/kubelet/pki",
                "/var/lib/kubelet/config.yaml",
                "/etc/kubernetes/pki/ca.crt",
                "/etc/systemd/system/kubelet.service");

        @Override
        public String address() {
            return host.address();
        }

        @Override
        public List<String> residue() {
            List<String> left =
                    new ArrayList<>(PATHS.stream().filter(host::exists).toList());
            String state = host.run("systemctl", "is-active", "kubelet.service")
                    .output()
                    .strip();
            if (!state.equals("inactive")) {
                left.add("kubelet.service is " + state);
            }
            if (host.run("pgrep", "-x", "kubelet").succeeded()) {
                left.add("a kubelet process");
            }
            return left;
        }
    }
}
