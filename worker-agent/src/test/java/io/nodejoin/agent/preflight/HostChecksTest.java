package io.nodejoin.agent.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostNetwork;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.Finding.Severity;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HostChecksTest {
    private static final String KUBELET = "0a".repeat(32);
    private static final HostExpectation JOIN = new HostExpectation(
            HostProfile.CONTAINERD,
            "v1.37.2",
            URI.create("https://10.0.0.1:6443"),
            null,
            List.of(new ArtifactDigest("sha256:" + KUBELET)),
            HostSettings.DEFAULT,
            null,
            URI.create("https://10.0.0.2:8443"));
    private static final String MOUNTS = "/dev/vda / ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\n";
    private static final String DROP_IN = "/etc/kubernetes/kubelet.conf.d/10.conf";
    private static final String CONFIG = "/etc/containerd/config.toml";
    private static final String CONTAINERD = """
            version = 2
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "localhost/pause:1"
              [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                SystemdCgroup = true
            """;
    private static final String KIND = "kind: KubeletConfiguration\n";

    @TempDir
    private Path root;

    private FakeHost host;
    private Duration serverAhead = Duration.ZERO;

    @BeforeEach
    void makeHostThatHasEverything() {
        host = new FakeHost(root);
        for (String directory : List.of(
                "sys/devices/virtual/dmi/id",
                "sys/class/net/eth0/device",
                "sys/class/net/eth1/device",
                "sys/fs/selinux",
                "etc/containerd",
                "etc/kubernetes/kubelet.conf.d",
                "etc/kubernetes/manifests",
                "etc/systemd/system/containerd.service.d",
                "proc/sys/vm",
                "var/lib/kubelet",
                "run/systemd")) {
            host.directory(directory);
        }
        host.text("/sys/devices/virtual/dmi/id/product_uuid", "8a6a2f5e-0f3e-4c50-8a35-7f3ad54e7a11\n");
        host.text(CONFIG, CONTAINERD);
        host.text("/proc/sys/vm/overcommit_memory", "0\n");
        host.answer("ctr", "localhost/pause:1\n");
        host.answer("containerd", "containerd github.com/containerd/containerd 1.7.24 1.7.24\n");
        host.answer("sha256sum", KUBELET + " */usr/local/bin/kubelet\n");
    }

    private List<CheckReport> look(HostExpectation expected) throws InterruptedException {
        return checks(Set.of()).runAll(expected);
    }

    private HostChecks checks(Set<String> ignored) {
        HostPorts ports = host.parts();
        KubeletBinary binary = new KubeletBinary(ports.commands(), ports.files());
        Function<URI, Optional<Instant>> clock = _ -> Optional.of(Instant.now().plus(serverAhead));
        return new HostChecks(ports, new HostProbe(ports, binary), binary, clock, ignored);
    }

    private static Set<String> failed(List<CheckReport> outcomes) {
        return outcomes.stream()
                .filter(checkReport -> checkReport.result() instanceof CheckResult.Failed)
                .map(checkReport -> checkReport.check().name())
                .collect(Collectors.toSet());
    }

    /** A deviation of the host, and the one check that notices it. */
    record Deviation(String check, String what, Break way) {
        @Override
        public String toString() {
            return check + ": " + what;
        }
    }

    private interface Break {
        void on(HostChecksTest test);
    }

    private static Deviation file(String check, String path, String content) {
        return new Deviation(check, path + " holds " + content, test -> test.host.text(path, content));
    }

    private static Deviation missing(String check, String path) {
        return new Deviation(check, "no " + path, test -> test.host.without(path));
    }

    private static Deviation says(String check, String program, String output) {
        return new Deviation(check, program + " says " + output, test -> test.host.answer(program, output));
    }

    private static Deviation runs(String check, String unit) {
        return new Deviation(check, unit + " runs", test -> test.host.unit(unit, FakeHost.running("enabled")));
    }

    private static Deviation dropIn(String check, String setting) {
        return file(check, DROP_IN, setting);
    }

    static Stream<Deviation> deviations() {
        return Stream.of(ofKubelet(), ofSystem(), ofKernel(), ofStorage(), ofRuntime(), ofNetwork(), ofLeftovers())
                .flatMap(List::stream);
    }

    private static List<Deviation> ofKubelet() {
        return List.of(
                missing("kubelet-binary", "/usr/local/bin/kubelet"),
                says("kubelet-digest", "sha256sum", "0b".repeat(32) + " */usr/local/bin/kubelet\n"),
                says("kubelet-digest", "sha256sum", ""),
                says("kubelet-version", "kubelet", "Segmentation fault"),
                dropIn("kubelet-drop-ins", "kind: ["),
                dropIn("kubelet-drop-ins", "failSwapOn: false\n"),
                dropIn("kubelet-access", KIND + "authentication: {anonymous: {enabled: true}}\n"),
                dropIn("kubelet-access", KIND + "authorization: {mode: AlwaysAllow}\n"),
                dropIn("kubelet-access", KIND + "readOnlyPort: 10255\n"));
    }

    private static List<Deviation> ofSystem() {
        return List.of(
                says("root", "id", "1000\n"),
                file("operating-system", "/etc/os-release", "ID=debian\nVERSION_ID=\"11\"\n"),
                file("operating-system", "/etc/os-release", "ID=\"fedora\"\nVERSION_ID=43\n"),
                missing("operating-system", "/etc/os-release"),
                missing("programs", "/usr/bin/swapoff"),
                file("machine-id", "/etc/machine-id", ""),
                file("machine-id", "/etc/machine-id", "uninitialized\n"),
                file("machine-id", "/etc/machine-id", "00000000000000000000000000000000\n"),
                file("machine-id", "/etc/machine-id", "0123456789ABCDEF0123456789ABCDEF\n"),
                missing("machine-id", "/etc/machine-id"),
                file(
                        "system-uuid",
                        "/sys/devices/virtual/dmi/id/product_uuid",
                        "03000200-0400-0500-0006-000700080009\n"),
                missing("kernel-log", "/dev/kmsg"),
                file("security-module", "/sys/fs/selinux/enforce", "1\n"),
                new Deviation("time-sync", "no service", test -> test.host.withoutUnit("systemd-timesyncd.service")));
    }

    private static List<Deviation> ofKernel() {
        return List.of(
                file("cgroup-controllers", "/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory\n"),
                file("cgroup-controllers", "/sys/fs/cgroup/cgroup.controllers", ""),
                new Deviation("kernel-modules", "neither loaded nor to be had", test -> {
                    test.host.without("/proc/sys/net/bridge/bridge-nf-call-iptables");
                    test.host.without("/proc/sys/net/bridge");
                }),
                file(
                        "kernel-settings",
                        "/proc/1/mounts",
                        MOUNTS + "proc /proc/sys proc ro,nosuid 0 0\nproc /proc/sys/net proc rw 0 0\n"),
                file("swap", "/proc/swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1 0 100\n"),
                file("memory", "/proc/meminfo", "MemTotal:         500000 kB\n"));
    }

    private static List<Deviation> ofStorage() {
        return List.of(
                file("writable-directories", "/proc/1/mounts", MOUNTS + "/dev/vdb /etc ext4 ro,relatime 0 0\n"),
                says("disk-space", "stat", "200000 4096 220000 900000 1000000 /var/lib\n"),
                says("disk-inodes", "stat", "9000000 4096 10000000 90 1000000 /var/lib\n"),
                says("disk-pressure", "stat", "1000000 4096 10000000 900000 1000000 /var/lib\n"));
    }

    private static List<Deviation> ofRuntime() {
        return List.of(
                new Deviation("container-runtime", "none", test -> test.host.withoutUnit("containerd.service")),
                missing("container-runtime", "/run/containerd/containerd.sock"),
                file("container-runtime", "/etc/containerd/config.toml", "disabled_plugins = [\"cri\"]\n"),
                file(
                        "container-runtime",
                        "/etc/containerd/config.toml",
                        "disabled_plugins = ['a', 'io.containerd.grpc.v1.cri']\n"),
                missing("cni-plugins", "/opt/cni/bin/loopback"),
                says("sandbox-image", "ctr", "localhost/pause:2\n"),
                file("cgroup-driver", CONFIG, CONTAINERD.replace("true", "false")),
                dropIn("cgroup-driver", KIND + "cgroupDriver: cgroupfs\n"));
    }

    private static List<Deviation> ofNetwork() {
        return List.of(
                new Deviation("own-name", "unknown", test -> test.host.network().forgetOwnName()),
                new Deviation(
                        "api-server",
                        "does not answer",
                        test -> test.host.network().cutOff("10.0.0.1")),
                new Deviation(
                        "gateway",
                        "does not answer",
                        test -> test.host.network().cutOff("10.0.0.2")),
                new Deviation("clock-skew", "61 s behind", test -> test.serverAhead = Duration.ofSeconds(62)),
                new Deviation("clock-skew", "61 s ahead", test -> test.serverAhead = Duration.ofSeconds(-62)),
                new Deviation("port", "10250 taken", test -> test.host.network().occupy(10250)),
                new Deviation("port", "10248 taken", test -> test.host.network().occupy(10248)),
                link("mtu", new HostNetwork.Link("wg0", "", 1279, false)),
                link("mac-address", new HostNetwork.Link("eth1", "52:54:00:00:00:01", 1500, false)),
                link("mac-address", new HostNetwork.Link("eth1", "00:00:00:00:00:00", 1500, false)),
                file("proxy", "/etc/environment", "https_proxy=http://u:secret@proxy:3128\n"),
                file(
                        "proxy",
                        "/etc/systemd/system/containerd.service.d/proxy.conf",
                        "[Service]\nEnvironment=\"HTTP_PROXY=http://proxy:3128\" \"NO_PROXY=10.1.0.0/16,example.com\"\n"),
                runs("firewall", "firewalld.service"),
                runs("firewall", "ufw.service"));
    }

    private static Deviation link(String check, HostNetwork.Link link) {
        return new Deviation(check, link.toString(), test -> test.host.network().add(link));
    }

    private static List<Deviation> ofLeftovers() {
        return List.of(
                runs("leftover-kubelet", "kubelet.service"),
                file("leftover-kubeconfig", "/var/lib/kubelet/kubeconfig", "old"),
                new Deviation("leftover-certificate", "a file for the link", test -> {
                    test.host.directory("var/lib/kubelet/pki");
                    test.host.text("/var/lib/kubelet/pki/kubelet-client-current.pem", "old");
                }),
                file("leftover-cluster", "/etc/kubernetes/kubelet.conf", "old"),
                file("static-pods", "/etc/kubernetes/manifests/etcd.yaml", "kind: Pod"),
                runs("conflicting-units", "k3s-agent.service"));
    }

    @Test
    void shouldPassEveryCheckOnAHostThatHasEverything() throws InterruptedException {
        // when
        List<CheckReport> outcomes = look(JOIN);

        // then
        assertThat(outcomes).hasSameSizeAs(HostChecks.ALL).hasSizeGreaterThanOrEqualTo(25);
        assertThat(outcomes)
                .filteredOn(checkReport -> !checkReport.check().name().equals("docker"))
                .allSatisfy(checkReport -> assertThat(checkReport.result()).isInstanceOf(CheckResult.Passed.class));
    }

    @Test
    void shouldRequireDockerForItsProfileWithSettingsThatLeaveTheNetworkToKubernetes() throws InterruptedException {
        // given
        host.directory("etc/docker");
        host.text("/etc/docker/daemon.json", "{\"iptables\": true, \"bridge\": \"br0\"}");

        // when
        List<CheckReport> outcomes = look(HostExpectation.of(HostProfile.DOCKER));

        // then
        assertThat(outcomes.stream().flatMap(checkReport -> checkReport.finding().stream()))
                .extracting(Finding::name, Finding::detail)
                .containsExactly(tuple(
                        "docker",
                        "there is no unit docker.service; there is no iptables; /etc/docker/daemon.json sets iptables;"
                                + " /etc/docker/daemon.json sets bridge"));
    }

    @Test
    void shouldAcceptCriDockerdInPlaceOfContainerdForDocker() throws InterruptedException {
        // given
        host.unit("docker.service", FakeHost.running("enabled"));
        host.text("/usr/bin/iptables", "");
        host.withoutUnit("containerd.service");
        host.text("/run/cri-dockerd.sock", "");

        // when
        List<CheckReport> outcomes = look(HostExpectation.of(HostProfile.DOCKER));

        // then
        assertThat(failed(outcomes)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("deviations")
    void shouldDetectEachDeviationByItsCheckOnly(Deviation deviation) throws InterruptedException {
        // given
        deviation.way().on(this);

        // when
        List<CheckReport> outcomes = look(JOIN);

        // then
        assertThat(failed(outcomes)).containsExactly(deviation.check());
    }

    @Test
    void shouldHaveADeviationForEveryCheckThatCanFail() {
        // when
        Set<String> noticed = deviations().map(Deviation::check).collect(Collectors.toSet());

        // then
        Set<String> unnoticed = new HashSet<>(HostChecks.names());
        unnoticed.removeAll(noticed);
        assertThat(unnoticed)
                .as("each of these has a test of its own below")
                .containsExactlyInAnyOrder(
                        "cluster-version",
                        "systemd",
                        "cgroup-version",
                        "docker",
                        "kubelet-release",
                        "swap-policy",
                        "containerd-settings",
                        "pod-bridge",
                        "pod-network");
    }

    @Test
    void shouldWarnOfAClusterVersionThatCannotBeCompared() throws InterruptedException {
        // given
        HostExpectation unclear = new HostExpectation(
                HostProfile.CONTAINERD, "edge", null, null, List.of(), HostSettings.DEFAULT, null, null);

        // when
        List<CheckReport> outcomes = look(unclear);

        // then
        assertThat(failed(outcomes)).containsExactly("cluster-version");
    }

    @ParameterizedTest
    @CsvSource({"v1.33.9, true", "v1.34.0, false", "v1.37.2, false", "v1.38.0, true", "v2.37.0, true"})
    void shouldWarnOfAKubeletThatIsOlderOrNewerThanItsConfiguration(String version, boolean warned)
            throws InterruptedException {
        // given
        host.answer("kubelet", "Kubernetes " + version + "\n");

        // when
        List<CheckReport> outcomes = look(HostExpectation.of(HostProfile.CONTAINERD));

        // then
        assertThat(failed(outcomes)).isEqualTo(warned ? Set.of("kubelet-release") : Set.of());
    }

    @Test
    void shouldRefuseAHostThatSystemdDoesNotRun() throws InterruptedException {
        // given
        host.withoutSystemd();

        // when
        List<CheckReport> outcomes = look(JOIN);

        // then
        assertThat(failed(outcomes)).containsExactlyInAnyOrder("systemd", "time-sync");
    }

    @ParameterizedTest
    @MethodSource("kubelets")
    void shouldRejectCgroupV1ForKubeletsThatDo(String version, boolean refused) throws InterruptedException {
        // given
        host.without("/sys/fs/cgroup/cgroup.controllers");
        host.text(
                "/proc/cgroups",
                "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t1\t1\ncpuset\t1\t1\t1\nmemory\t1\t1\t1\npids\t1\t1\t1\n");
        host.answer("kubelet", "Kubernetes " + version + "\n");

        // when
        List<CheckReport> outcomes = look(HostExpectation.of(HostProfile.CONTAINERD));

        // then
        assertThat(failed(outcomes).contains("cgroup-version")).isEqualTo(refused);
        assertThat(failed(outcomes)).doesNotContain("cgroup-controllers");
    }

    static Stream<Object[]> kubelets() {
        return Stream.of(
                new Object[] {"v1.34.4", false}, new Object[] {"v1.35.0", true}, new Object[] {"v1.37.2", true});
    }

    @Test
    void shouldKeepTheKubeletSettingsOfTheMachine() throws InterruptedException {
        // given
        host.text("/sys/fs/cgroup/cgroup.controllers", "");
        host.text("/proc/swaps", "Filename Type Size Used Priority\n/swapfile file 1 0 -2\n");
        host.answer("stat", "500000 4096 10000000 900000 1000000 /var/lib\n");
        host.text(DROP_IN, KIND + "failCgroupV1: false\ncgroupsPerQOS: false\nfailSwapOn: false\nevictionHard: {}\n");

        // when
        List<CheckReport> outcomes = look(JOIN);

        // then
        assertThat(failed(outcomes)).isEmpty();
    }

    @Test
    void shouldUseTheLastDropIn() throws InterruptedException {
        // given
        host.text(DROP_IN, KIND + "readOnlyPort: 10255\n");
        host.text("/etc/kubernetes/kubelet.conf.d/20.conf", KIND + "readOnlyPort: 0\n");
        host.text("/etc/kubernetes/kubelet.conf.d/README", "no setting");

        // when
        List<CheckReport> outcomes = look(JOIN);

        // then
        assertThat(failed(outcomes)).isEmpty();
    }

    @Test
    void shouldListTheOlderDebianAsTestedWithEachProfile() throws InterruptedException {
        // given
        host.text("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");

        // when
        List<CheckReport> plain = look(HostExpectation.of(HostProfile.CONTAINERD));
        List<CheckReport> docked = look(HostExpectation.of(HostProfile.DOCKER));

        // then
        assertThat(failed(plain)).doesNotContain("operating-system");
        assertThat(failed(docked)).doesNotContain("operating-system");
    }

    @Test
    void shouldReportAllDeviationsAtOnce() throws InterruptedException {
        // given
        List<Deviation> together = List.of(
                ofSystem().getFirst(),
                ofStorage().get(1),
                ofNetwork().get(3),
                ofLeftovers().getFirst());
        together.forEach(deviation -> deviation.way().on(this));

        // when
        List<CheckReport> outcomes = look(JOIN);

        // then
        assertThat(failed(outcomes)).containsExactlyInAnyOrder("root", "disk-space", "clock-skew", "leftover-kubelet");
    }

    @Test
    void shouldReportTheCodeOfACheckThatCannotRun() throws IOException, InterruptedException {
        // given
        host.without("/proc/swaps");
        Files.createSymbolicLink(root.resolve("proc/swaps"), root.resolve("etc/passwd"));

        // when
        List<CheckReport> outcomes = look(JOIN);

        // then
        assertThat(outcomes)
                .filteredOn(checkReport -> checkReport.check().name().equals("swap"))
                .extracting(CheckReport::code)
                .containsExactly(ErrorCode.HOST_PATH_UNSAFE);
    }

    @Test
    void shouldReportAnIgnoredCheckWithoutFailingTheJoin() throws InterruptedException {
        // given
        host.answer("id", "1000\n");

        // when
        List<CheckReport> outcomes = checks(Set.of("root")).runAll(JOIN);

        // then
        assertThat(outcomes).noneMatch(CheckReport::blocksJoin);
        assertThat(outcomes.stream().flatMap(checkReport -> checkReport.finding().stream()))
                .extracting(Finding::name, Finding::severity)
                .containsExactly(tuple("root", Severity.INFO));
    }

    @Test
    void shouldReportPrecomputedResultsInAJoin() throws InterruptedException {
        // given
        host.answer("ctr", "");
        HostChecks checks = checks(Set.of());
        checks.precompute(HostExpectation.of(HostProfile.CONTAINERD));
        long before =
                host.calls().stream().filter(call -> call.startsWith("ctr")).count();

        // when
        List<CheckReport> outcomes = checks.runForJoin(JOIN);

        // then
        assertThat(failed(outcomes)).containsExactly("sandbox-image");
        assertThat(host.calls().stream().filter(call -> call.startsWith("ctr"))).hasSize((int) before);
    }

    @Test
    void shouldRunEachProgramOnlyOnce() throws InterruptedException {
        // when
        look(JOIN);

        // then
        assertThat(host.calls()).doesNotHaveDuplicates();
    }

    @Test
    void shouldNotRepeatAProxysPassword() throws InterruptedException {
        // given
        host.text("/etc/environment", "https_proxy=http://u:secret@proxy:3128\n");

        // when
        List<CheckReport> outcomes = look(JOIN);

        // then
        assertThat(outcomes.toString()).contains("/etc/environment").doesNotContain("secret");
    }

    @Test
    void shouldHaveAUniqueNameInKebabCaseAndARemedyForEachCheck() {
        // when
        List<HostCheck> checks = HostChecks.ALL;

        // then
        assertThat(checks)
                .extracting(HostCheck::name)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z]+(-[a-z]+)*"));
        assertThat(checks).allSatisfy(check -> {
            assertThat(check.expectation()).isNotBlank();
            assertThat(check.remedy()).isNotBlank();
            assertThat(check.severity()).isIn(Severity.ERROR, Severity.WARNING);
        });
    }
}
