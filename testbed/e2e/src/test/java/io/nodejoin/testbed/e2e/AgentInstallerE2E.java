package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostFault;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.provision.PackedImage;
import io.nodejoin.testbed.provision.SourceTree;
import io.nodejoin.testbed.template.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The image that installs the agent: on a booted host, and in a pod of the node that it has become. */
@Tag("full")
@ResourceLock(value = BootedBed.SHARED, mode = ResourceAccessMode.READ)
class AgentInstallerE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final String UNIT = "nodejoin-agent.service";
    private static final String VERSIONS = "/usr/lib/nodejoin-agent-versions";
    private static final String TREE = "/var/lib/containerd/tree";
    private static final String IMAGE = "/var/lib/containerd/image";

    private final SecureRandom random = new SecureRandom();

    @TempDir
    private Path directory;

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("the image that installs the agent is");

    private final TestBed bed = booted.bed();

    @Test
    void shouldInstallAnAgentThatJoinsAndThatAPodOfTheNodeRepairs() throws IOException {
        // given
        HostFixture fixture = HostFixture.create("installed", false, random);
        Host host = booted.addHost(
                HostSpec.named(fixture.node().value(), fixture.secret()).with(HostFault.NO_AGENT));
        PackedImage image = importImage(host);
        System.err.printf(
                "agent installer: %.1f MB packed, %.1f MB unpacked%n",
                image.packedMegabytes(), image.unpackedMegabytes());

        // when
        String report = install(image, host, "/");

        // then
        assertThat(report).contains("installed nodejoin-agent 0.1.0", "enabled from the next boot on", "daemon-reload");
        assertThat(host.run("systemctl", "is-active", "nodejoin-agent.path").output())
                .as("nothing is started")
                .isEqualTo("inactive\n");
        host.run("systemctl", "daemon-reload").orFail();
        host.run("systemctl", "start", "nodejoin-agent.path", "nodejoin-agent-certificate-check.timer")
                .orFail();
        assertThat(host.run("systemctl", "is-enabled", UNIT).output()).isEqualTo("enabled\n");
        verifiesItself(host);
        usesItsArchiveOfClasses(host);
        join(fixture, host);
        aPodOfTheNodeRepairsIt(image, fixture, host);
    }

    @Test
    void shouldFillATreeAndReplaceAnOlderVersionInIt() throws IOException {
        // given
        HostFixture fixture = HostFixture.create("tree", false, random);
        Host host = booted.addHost(
                HostSpec.named(fixture.node().value(), fixture.secret()).with(HostFault.NO_AGENT));
        PackedImage image = importImage(host);
        host.run("mkdir", "--parents", TREE).orFail();
        host.copy(bed.agentPackage().archive(), "/var/lib/containerd/agent.tar.gz");

        // when
        String filled = install(image, host, TREE);
        String again = install(image, host, TREE);
        host.run("rm", "--recursive", TREE).orFail();
        host.run("mkdir", TREE).orFail();
        host.run("tar", "-xzf", "/var/lib/containerd/agent.tar.gz", "-C", TREE).orFail();
        host.run("sed", "-i", "s/^Description=.*/Description=older/", TREE + "/usr/lib/systemd/system/" + UNIT)
                .orFail();
        String replaced = install(image, host, TREE);

        // then
        assertThat(filled).contains("installed nodejoin-agent 0.1.0");
        assertThat(again).contains("nothing was changed");
        assertThat(replaced).contains("in place of unpacked", "try-restart").doesNotContain("enabled");
        assertThat(host.read(TREE + "/usr/lib/systemd/system/" + UNIT))
                .get()
                .asString()
                .contains("Description=Nodejoin worker-agent");
        assertThat(host.read(TREE + VERSIONS + "/unpacked/usr/lib/nodejoin-agent/SHA256SUMS"))
                .isEqualTo(host.read(TREE + "/usr/lib/nodejoin-agent/SHA256SUMS"));
    }

    private PackedImage importImage(Host host) {
        PackedImage image = PackedImage.agentInstaller(SourceTree.locate(), directory, directory.resolve("packages"));
        host.copy(image.archive(), "/var/lib/containerd/installer.tar");
        host.run(List.of("ctr", "--namespace=k8s.io", "images", "import", "/var/lib/containerd/installer.tar"), TIMEOUT)
                .orFail();
        return image;
    }

    /** From the file system of the image, since a container of containerd needs control groups, which a host here may lack. */
    private static String install(PackedImage image, Host host, String root) {
        host.run("mkdir", "--parents", IMAGE).orFail();
        host.run("ctr", "--namespace=k8s.io", "images", "mount", "--rw", image.name(), IMAGE)
                .orFail();
        try {
            host.run("mkdir", "--parents", IMAGE + "/host").orFail();
            return host.run(
                            "unshare",
                            "--mount",
                            "sh",
                            "-c",
                            "mount -t proc proc %1$s/proc && mount --rbind %2$s %1$s/host && chroot %1$s nodejoin-agent-install /host"
                                    .formatted(IMAGE, root))
                    .orFail()
                    .output();
        } finally {
            host.run("ctr", "--namespace=k8s.io", "images", "unmount", "--rm", IMAGE)
                    .orFail();
        }
    }

    private static void usesItsArchiveOfClasses(Host host) {
        host.run(
                        "/usr/lib/nodejoin-agent/runtime/bin/java",
                        "@/usr/lib/nodejoin-agent/java.options",
                        "-Xshare:on",
                        "io.nodejoin.agent.AgentMain",
                        "version")
                .orFail();
    }

    private void join(HostFixture fixture, Host host) {
        host.run("install", "-m", "600", "/dev/null", "/etc/nodejoin/enrollment-secret")
                .orFail();
        host.write("/etc/nodejoin/enrollment-secret", fixture.secret());
        host.copy(bed.directories().pki().resolve("gateway-ca.crt"), "/etc/nodejoin/gateway-ca.crt");
        host.write(
                "/etc/nodejoin/agent.json",
                Template.load("host/agent.json")
                        .render(Map.of(
                                "node",
                                fixture.node(),
                                "gateway",
                                bed.plan().gatewayUrl(),
                                "profile",
                                "containerd",
                                "prepare",
                                "early",
                                "apiServer",
                                bed.plan().apiServer())));
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            producer.send(fixture.joinRequest(SharedBed.CLUSTER, host.address()), SharedBed.recordKey(fixture.node()));
            outcomes.awaitOutcome(fixture.node(), JoinSucceeded.class);
        }
    }

    /** By the manifest that users start from, for this node alone. */
    private void aPodOfTheNodeRepairsIt(PackedImage image, HostFixture fixture, Host host) throws IOException {
        host.run("sh", "-c", "for jar in /usr/lib/nodejoin-agent/lib/jackson-core-*; do echo >> $jar; done")
                .orFail();
        String manifest = Files.readString(SourceTree.locate().module("deploy").resolve("agent/installer.yaml"))
                .replaceAll("image: .*/nodejoin-agent-installer:.*", "image: " + image.name())
                .replaceAll("image: .*/pause:.*", "image: localhost/pause:testbed")
                .replace("kubernetes.io/os: linux", "kubernetes.io/hostname: " + fixture.node());
        bed.controlPlane()
                .kubectl("apply", "--filename=-")
                .withInput(manifest)
                .run()
                .orFail();
        try {
            await("the pod that installs the agent")
                    .atMost(TIMEOUT)
                    .until(() -> kubectl(
                                    "get",
                                    "daemonset",
                                    "nodejoin-agent-installer",
                                    "--output=jsonpath={.status.numberReady}")
                            .equals("1"));
            assertThat(host.run("sh", "-c", "cat /var/log/pods/nodejoin-agent_*/install/*.log")
                            .orFail()
                            .output())
                    .contains("installed nodejoin-agent 0.1.0", "in place of 0.1.0");
        } finally {
            bed.controlPlane()
                    .kubectl("delete", "namespace", "nodejoin-agent", "--wait=false")
                    .run()
                    .orFail();
        }
        verifiesItself(host);
    }

    private static void verifiesItself(Host host) {
        assertThat(host.run("nodejoin-agent", "version", "--verify").orFail().output())
                .contains("0.1.0", "files are whole");
    }

    private String kubectl(String... words) {
        return bed.controlPlane()
                .kubectl(Stream.concat(Stream.of(words), Stream.of("--namespace=nodejoin-agent"))
                        .toArray(String[]::new))
                .run()
                .output();
    }
}
