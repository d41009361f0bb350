package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.host.Host;
import java.util.List;
import org.assertj.core.api.SoftAssertions;

/**
 * What somebody does by hand who makes a worker with Docker a node by a bootstrap token, step by step, each looked for on
 * the real host. The last step of such a list, kube-proxy, has a test of its own: {@link KubeProxyE2E}.
 */
final class ManualSteps {
    /** A line of somebody's, for a disk that is not there. */
    private static final String SWAP_LINE = "/dev/disk/by-label/swap none swap sw 0 0";

    /** A chain of somebody's in the table that people flush by hand. */
    private static final String SITE_CHAIN = "SITE";

    private static final String DROP_IN = "/etc/systemd/system/docker.service.d/90-nodejoin.conf";
    private static final String UNIT = "/etc/systemd/system/kubelet.service";

    private static final List<Step> STEPS = List.of(
            new Step(
                    "swap is off",
                    host -> assertThat(lines(host, "cat", "/proc/swaps")).hasSize(1)),
            new Step(
                    "swap stays off after a boot",
                    host -> assertThat(lines(host, "cat", "/etc/fstab"))
                            .contains("#nodejoin# " + SWAP_LINE)
                            .doesNotContain(SWAP_LINE)),
            new Step("Docker is installed, runs and starts at boot", host -> isOn(host, "docker.service")),
            new Step("Docker is told to have no bridge, rules or masquerading", host -> {
                assertThat(lines(host, "stat", "-c", "%a %U", DROP_IN)).containsExactly("644 root");
                assertThat(host.read(DROP_IN).orElseThrow())
                        .contains("--bridge=none", "--iptables=false", "--ip-masq=false");
            }),
            new Step(
                    "Docker has been restarted and runs so",
                    host -> assertThat(text(host, "sh", "-c", "tr '\\0' ' ' < /proc/$(pidof dockerd)/cmdline"))
                            .contains("--bridge=none --iptables=false --ip-masq=false")),
            new Step(
                    "Docker's rules are gone from the nat table, and nobody else's",
                    host -> assertThat(lines(host, "iptables", "-t", "nat", "-S"))
                            .noneMatch(rule -> rule.contains("DOCKER") || rule.contains("docker0"))
                            .contains("-N " + SITE_CHAIN)),
            new Step(
                    "Docker's bridge is deleted",
                    host -> assertThat(lines(host, "ip", "-o", "link")).noneMatch(link -> link.contains("docker0"))),
            new Step("the cluster's CA is there", host -> {
                assertThat(lines(host, "stat", "-c", "%a %U", "/etc/kubernetes/pki/ca.crt"))
                        .containsExactly("644 root");
                assertThat(host.read("/etc/kubernetes/pki/ca.crt").orElseThrow())
                        .startsWith("-----BEGIN CERTIFICATE-----");
            }),
            new Step("the bootstrap token has been used, and no bootstrap kubeconfig is left", host -> {
                assertThat(host.exists("/var/lib/kubelet/bootstrap-kubeconfig")).isFalse();
                assertThat(lines(host, "stat", "-c", "%a", "/var/lib/kubelet/kubeconfig"))
                        .containsExactly("600");
            }),
            new Step("the kubelet has a unit", host -> {
                assertThat(lines(host, "stat", "-c", "%a %U", UNIT)).containsExactly("644 root");
                assertThat(host.read(UNIT).orElseThrow())
                        .contains(
                                "Requires=containerd.service",
                                "--kubeconfig=/var/lib/kubelet/kubeconfig",
                                "--cert-dir=/var/lib/kubelet/pki",
                                "Restart=on-failure",
                                "WantedBy=multi-user.target");
                assertThat(host.read("/var/lib/kubelet/config.yaml").orElseThrow())
                        .contains("rotateCertificates: true");
            }),
            new Step("systemd has read the units again", host -> {
                assertThat(text(host, "systemctl", "show", "--value", "-p", "FragmentPath", "kubelet.service"))
                        .isEqualTo(UNIT + "\n");
                assertThat(text(host, "systemctl", "show", "--value", "-p", "DropInPaths", "docker.service"))
                        .contains(DROP_IN);
            }),
            new Step("the kubelet runs and starts at boot", host -> isOn(host, "kubelet.service")));

    private ManualSteps() {}

    /** Gives a host what a step has to change, and what it has to leave. */
    static void prepareHost(Host host) {
        host.run("iptables", "-t", "nat", "-N", SITE_CHAIN).orFail();
        host.write("/etc/fstab", SWAP_LINE + "\n");
    }

    /** Asserts each step, and at the end that the node is listed. */
    static void verify(Host host, TestBed bed) {
        SoftAssertions softly = new SoftAssertions();
        STEPS.forEach(step -> softly.assertThatCode(() -> step.proof().on(host))
                .as(step.name())
                .doesNotThrowAnyException());
        softly.assertThat(bed.controlPlane()
                        .kubectl("get", "nodes", "--no-headers")
                        .run()
                        .orFail()
                        .output())
                .as("the node is listed as Ready")
                .containsPattern("(?m)^" + host.name() + " +Ready ");
        softly.assertAll();
    }

    private static void isOn(Host host, String unit) {
        assertThat(lines(host, "systemctl", "is-active", unit)).containsExactly("active");
        assertThat(lines(host, "systemctl", "is-enabled", unit)).containsExactly("enabled");
    }

    private static String text(Host host, String... command) {
        return host.run(command).output();
    }

    private static List<String> lines(Host host, String... command) {
        return text(host, command).lines().toList();
    }

    /** A step by hand, and what shows that it is done. */
    private record Step(String name, Verification proof) {}

    private interface Verification {
        void on(Host host);
    }
}
