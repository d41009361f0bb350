package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.config.AddressPlan.Endpoint;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.http.HttpProbe;
import io.nodejoin.testbed.net.PortForward;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.provision.PackedImage;
import io.nodejoin.testbed.provision.SourceTree;
import io.nodejoin.testbed.template.Template;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The image in a pod on a node: without root, with a read-only root file system, at work for another node. */
@Tag("full")
class ImageE2E {
    private static final ObjectMapper YAML = YAMLMapper.builder().build();
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final Duration IMPORT_TIMEOUT = Duration.ofMinutes(2);
    private static final Pattern STARTED = Pattern.compile("process_start_time_seconds ([\\d.E]+)");
    private static final double MILLIS = 1000.0;
    /** Its place in /proc/PID/stat; the system's follows. */
    private static final int USER_TIME = 13;

    private static final int TICKS_PER_SECOND = 100;
    /** Without the archive of classes it needs eleven. */
    private static final double MAX_PROCESSOR_SECONDS = 8;

    private final SecureRandom random = new SecureRandom();

    @TempDir
    Path directory;

    @RegisterExtension
    private final BootedBed booted =
            BootedBed.of(BedSettings.numbered("image", 9), "the image of the service on a node is");

    private final TestBed bed = booted.bed();

    @Test
    void shouldServeJoinsFromAPodWithoutRootOnAReadOnlyFileSystem() throws IOException {
        // given
        PackedImage image = PackedImage.service(SourceTree.locate(), directory, directory.resolve("packages"));
        HostFixture first = HostFixture.create("carrier", false, random);
        Host carrier = booted.addHost(HostSpec.named(first.node().value(), first.secret()));
        join(first, carrier);
        importImage(image, carrier);
        bed.service().stop();

        // when
        try (PortForward _ = toLoopback(bed.plan().kafka());
                PortForward _ = toLoopback(bed.plan().temporal());
                PortForward _ = PortForward.start(bed.plan().gateway(), new Endpoint(carrier.address(), 8443))) {
            fromLoopback(carrier, bed.plan().kafka());
            fromLoopback(carrier, bed.plan().temporal());
            deploy(image, carrier);
            double seconds = awaitReady(carrier);
            double processorSeconds = processorSeconds(carrier);

            // then
            System.err.printf(
                    "image: %.1f MB packed, %.1f MB unpacked, ready %.1f s after its start, %.1f s of processor time%n",
                    image.packedMegabytes(), image.unpackedMegabytes(), seconds, processorSeconds);
            assertThat(processorSeconds).isLessThan(MAX_PROCESSOR_SECONDS);
            assertThat(inContainer(carrier, "nodejoin", "version")).startsWith("nodejoin 0.1.0");
            HostFixture second = HostFixture.create("served", false, random);
            join(second, booted.addHost(HostSpec.named(second.node().value(), second.secret())));
        }
    }

    private void join(HostFixture fixture, Host host) {
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            producer.send(
                    fixture.joinRequest(SharedBed.CLUSTER, host.address(), HostProfile.CONTAINERD, List.of()),
                    SharedBed.recordKey(fixture.node()));
            outcomes.awaitOutcome(fixture.node(), JoinSucceeded.class);
        }
    }

    private static void importImage(PackedImage image, Host host) {
        String path = "/var/lib/containerd/nodejoin.tar";
        host.copy(image.archive(), path);
        host.run(List.of("ctr", "--namespace=k8s.io", "images", "import", path), IMPORT_TIMEOUT)
                .orFail();
    }

    /** Lets hosts reach what listens on loopback of the outer machine. */
    private PortForward toLoopback(Endpoint endpoint) {
        return PortForward.start(new Endpoint(bed.plan().rootAddress(), endpoint.port()), endpoint);
    }

    /** Lets programs on this host find it where the outer machine has it. */
    private void fromLoopback(Host host, Endpoint endpoint) {
        host.run(
                        "systemd-run",
                        "--unit=forward-" + endpoint.port(),
                        "socat",
                        "TCP-LISTEN:%d,bind=%s,fork,reuseaddr".formatted(endpoint.port(), endpoint.address()),
                        "TCP:" + bed.plan().rootAddress() + ":" + endpoint.port())
                .orFail();
    }

    private void deploy(PackedImage image, Host host) throws IOException {
        Path config = Files.writeString(directory.resolve("nodejoin.yaml"), configuration());
        Path pki = bed.directories().pki();
        bed.controlPlane()
                .kubectl(
                        "create",
                        "secret",
                        "generic",
                        "nodejoin",
                        "--from-file=" + config,
                        "--from-file=cluster.kubeconfig=" + bed.directories().serviceCredential(),
                        "--from-file=" + pki.resolve("gateway.crt"),
                        "--from-file=" + pki.resolve("gateway.key"),
                        "--from-file=" + pki.resolve("agent-ca.crt"),
                        "--from-file=" + pki.resolve("agent-ca.key"))
                .run()
                .orFail();
        bed.controlPlane()
                .kubectl("apply", "--filename=-")
                .withInput(
                        Template.load("e2e/image/pod.yaml").render(Map.of("node", host.name(), "image", image.name())))
                .run()
                .orFail();
    }

    /** The bed's, with the paths and addresses of the container. */
    private String configuration() throws IOException {
        ObjectNode config =
                (ObjectNode) YAML.readTree(Files.readString(bed.service().config()));
        section(config, "kafka").remove("clientPropertiesFile");
        section(section(config, "clusters"), SharedBed.CLUSTER.value())
                .put("kubeconfigFile", "/etc/nodejoin/cluster.kubeconfig");
        section(config, "gateway")
                .put("listen", "0.0.0.0:8443")
                .put("certificateFile", "/etc/nodejoin/gateway.crt")
                .put("keyFile", "/etc/nodejoin/gateway.key")
                .put("agentCaCertificateFile", "/etc/nodejoin/agent-ca.crt")
                .put("agentCaKeyFile", "/etc/nodejoin/agent-ca.key");
        section(config, "http").put("listen", "0.0.0.0:8080");
        return YAML.writeValueAsString(config.without(List.of("audit", "dashboard")));
    }

    private static ObjectNode section(ObjectNode parent, String key) {
        return (ObjectNode) parent.required(key);
    }

    /** Returns how long after the start of its process it was ready. */
    private double awaitReady(Host host) {
        HttpProbe probe = HttpProbe.plain();
        URI admin = URI.create("http://" + host.address() + ":8080");
        await("the pod is ready: " + bed.settings().name())
                .atMost(TIMEOUT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> probe.answersOk(admin.resolve("/readyz")));
        double now = System.currentTimeMillis() / MILLIS;
        Matcher started = STARTED.matcher(
                probe.get(admin.resolve("/metrics")).map(HttpResponse::body).orElse(""));
        assertThat(started.find()).isTrue();
        return now - Double.parseDouble(started.group(1));
    }

    private static double processorSeconds(Host host) {
        String process = host.run("pgrep", "--oldest", "--full", "io.nodejoin.service.main.ServiceMain serve")
                .orFail()
                .output()
                .strip();
        String[] stat = host.read("/proc/" + process + "/stat").orElseThrow().split(" ", -1);
        return (Double.parseDouble(stat[USER_TIME]) + Double.parseDouble(stat[USER_TIME + 1])) / TICKS_PER_SECOND;
    }

    /** Runs a command in the container and returns its output. */
    private static String inContainer(Host host, String... command) {
        CommandResult containers = host.run("ctr", "--namespace=k8s.io", "containers", "list", "--quiet");
        String container = containers
                .orFail()
                .output()
                .lines()
                .filter(id -> host.run("ctr", "--namespace=k8s.io", "containers", "info", id)
                        .output()
                        .contains("\"Image\": \"" + PackedImage.SERVICE + "\""))
                .findFirst()
                .orElseThrow();
        List<String> exec =
                new ArrayList<>(List.of("ctr", "--namespace=k8s.io", "tasks", "exec", "--exec-id=test", container));
        exec.addAll(List.of(command));
        return host.run(exec, TIMEOUT).orFail().output();
    }
}
