package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.net.PortForward;
import io.nodejoin.testbed.provision.PackedImage;
import io.nodejoin.testbed.provision.SourceTree;
import io.nodejoin.testbed.template.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A reader follows docs/install.md on a real cluster, whose one node runs the service, which then joins machines to it. */
@Tag("full")
class ChartInstallE2E {
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final String NAMESPACE = "nodejoin";
    private static final String[] IMAGE = PackedImage.SERVICE.split(":");
    /** Not on an overlay. */
    private static final String ARCHIVE = "/var/lib/containerd/nodejoin.tar";

    private static final int REPLICAS = 3;

    private final SecureRandom random = new SecureRandom();

    @RegisterExtension
    private final BootedBed booted =
            BootedBed.of(BedSettings.numbered("chart", 11).withKubeProxy(true), "the chart on a booted host is");

    private final TestBed bed = booted.bed();

    @TempDir
    private Path directory;

    @Test
    void shouldInstallJoinUpgradeRollBackAndUninstallAsThePageSays() throws Exception {
        // given a node that can run the service, and nothing else that joins machines
        Host node = joinByTheBed();
        importImage(node);
        createVolumes(node);
        bed.service().stop();

        try (PortForward _ = PortForward.start(
                        bed.plan().kafkaFromHosts(), bed.plan().kafkaBehindRelay());
                PortForward _ = PortForward.start(
                        bed.plan().temporalFromHosts(), bed.plan().temporal());
                OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers())) {
            InstallPage page = page(node);

            // when
            page.follow("2. Topics and namespace");
            page.follow("3. The cluster that machines join");
            page.follow("4. Secrets");
            page.follow("5. Install");

            // then
            page.follow("6. Verify");
            joinFirst(node, page);
            upgradeDuringAJoin(node, page, outcomes);
            rollBackWhatCannotStart(page);
            page.follow("Renew credentials");
            page.follow("Uninstall");
            assertThat(remains()).hasSize(REPLICAS).allMatch(name -> name.startsWith("persistentvolumeclaim/audit-"));
        }
    }

    /** The kubelet serves by a certificate of the cluster, so that the API server speaks to it. */
    private Host joinByTheBed() {
        HostFixture fixture = HostFixture.create("chart-node", false, random);
        Host host = booted.addHost(HostSpec.named(fixture.node().value(), fixture.secret()));
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            producer.send(
                    fixture.requestBuilder(SharedBed.CLUSTER, host.address())
                            .servingCertificate(true)
                            .readyGates(List.of("DaemonSet/kube-system/kube-proxy"))
                            .build(),
                    SharedBed.recordKey(fixture.node()));
            outcomes.awaitOutcome(fixture.node(), JoinSucceeded.class);
        }
        return host;
    }

    private void importImage(Host node) throws IOException {
        Path output = Files.createDirectory(directory.resolve("image"));
        PackedImage image = PackedImage.service(SourceTree.locate(), output, output.resolve("packages"));
        node.copy(image.archive(), ARCHIVE);
        node.run(List.of("ctr", "--namespace=k8s.io", "images", "import", ARCHIVE), TIMEOUT)
                .orFail();
    }

    private void createVolumes(Host node) {
        for (int i = 0; i < REPLICAS; i++) {
            String path = "/var/lib/audit-" + i;
            node.run("mkdir", path).orFail();
            bed.controlPlane()
                    .kubectl("apply", "--filename=-")
                    .withInput(Template.load("e2e/audit-volume.yaml")
                            .render(Map.of("number", i, "path", path, "node", node.name())))
                    .run()
                    .orFail();
        }
    }

    private InstallPage page(Host node) throws IOException {
        Path kubernetes = bed.provisioner().kubernetes(bed.settings().kubernetes());
        Map<String, String> variables = new HashMap<>(Map.of(
                "NAMESPACE", NAMESPACE,
                "IMAGE", IMAGE[0],
                "TAG", IMAGE[1],
                "CLUSTER", SharedBed.CLUSTER.value(),
                "ADMIN", bed.controlPlane().adminKubeconfig().toString(),
                "KUBECONFIG", bed.controlPlane().adminKubeconfig().toString(),
                "KAFKA", bed.plan().kafkaFromHosts().toString(),
                "TEMPORAL", bed.plan().temporalFromHosts().toString(),
                "TEMPORAL_NAMESPACE", NAMESPACE,
                "GATEWAY", node.address()));
        variables.put("GATEWAY_SAN", "IP:" + node.address());
        variables.put("HOME", directory.toString());
        return new InstallPage(
                Files.createDirectory(directory.resolve("reader")),
                Map.of(
                        "helm", bed.provisioner().helm(),
                        "kubectl", kubernetes.resolve("kubectl"),
                        "temporal", bed.provisioner().temporal()),
                variables);
    }

    private void joinFirst(Host node, InstallPage page) throws IOException {
        HostFixture fixture = HostFixture.create("worker-1", false, random);
        Host host = machine(fixture, node);

        String told = page.run(join(fixture) + " --address " + host.address() + " --wait")
                .output();

        assertThat(told).contains("Joined");
        assertThat(isReady(fixture)).isTrue();
    }

    private static String join(HostFixture fixture) {
        return "printf %s " + fixture.secret() + " | KAFKA_BOOTSTRAP_SERVERS=\"$KAFKA\" ./nodejoin join \"$CLUSTER/"
                + fixture.node() + "\" --enrollment-file - --signing-key autoscaler-1.jwk";
    }

    /** The machine comes while the replicas are being replaced. */
    private void upgradeDuringAJoin(Host node, InstallPage page, OutcomeLog outcomes) throws IOException {
        HostFixture fixture = HostFixture.create("worker-2", false, random);
        page.run(join(fixture));
        String before = revisions();

        page.run("helm upgrade nodejoin deploy/helm/nodejoin --namespace \"$NAMESPACE\" --values nodejoin-values.yaml"
                + " --set podAnnotations.round=two");
        machine(fixture, node);

        outcomes.awaitOutcome(fixture.node(), JoinSucceeded.class);
        page.run("kubectl --namespace \"$NAMESPACE\" rollout status statefulset/nodejoin --timeout=3m");
        assertThat(revisions()).isNotEqualTo(before);
    }

    private void rollBackWhatCannotStart(InstallPage page) {
        page.run("helm upgrade nodejoin deploy/helm/nodejoin --namespace \"$NAMESPACE\" --values nodejoin-values.yaml"
                + " --set image.tag=absent");
        await("a replica whose image is absent")
                .atMost(TIMEOUT)
                .until(() -> pods("{.status.containerStatuses[*].state.waiting.reason}")
                        .contains("ImagePull"));

        page.run("helm rollback nodejoin --namespace \"$NAMESPACE\"");

        page.run("kubectl --namespace \"$NAMESPACE\" rollout status statefulset/nodejoin --timeout=3m");
        assertThat(pods("{.spec.containers[*].image}").split("\\s+"))
                .hasSize(REPLICAS)
                .containsOnly(PackedImage.SERVICE);
    }

    /** A machine as the page has it: with the gateway's CA, a secret, and the agent's configuration. */
    private Host machine(HostFixture fixture, Host node) throws IOException {
        Host host = booted.addHost(HostSpec.named(fixture.node().value(), fixture.secret()));
        host.run("systemctl", "stop", "nodejoin-agent.service").orFail();
        String port = kubectl(
                "get",
                "service",
                "nodejoin-gateway",
                "--namespace=" + NAMESPACE,
                "--output=jsonpath={.spec.ports[0].nodePort}");
        String agent = host.read("/etc/nodejoin/agent.json").orElseThrow();
        host.write("/etc/nodejoin/gateway-ca.crt", Files.readString(directory.resolve("reader/gateway-ca.crt")));
        host.write(
                "/etc/nodejoin/agent.json",
                agent.replace("https://" + bed.plan().gateway(), "https://" + node.address() + ":" + port));
        host.run("systemctl", "start", "nodejoin-agent.service").orFail();
        return host;
    }

    private boolean isReady(HostFixture fixture) {
        return kubectl(
                        "get",
                        "node",
                        fixture.node().value(),
                        "--output=jsonpath={.status.conditions[?(@.type==\"Ready\")].status}")
                .equals("True");
    }

    private String revisions() {
        return pods("{.metadata.labels.controller-revision-hash}");
    }

    private String pods(String field) {
        return kubectl(
                        "get",
                        "pods",
                        "--namespace=" + NAMESPACE,
                        "--selector=app.kubernetes.io/instance=nodejoin",
                        "--output=jsonpath={range .items[*]}" + field + "{\" \"}{end}")
                .strip();
    }

    /** What is left of the release, by kind and name. */
    private List<String> remains() {
        return kubectl(
                        "get",
                        "pods,services,configmaps,secrets,serviceaccounts,statefulsets,poddisruptionbudgets,"
                                + "persistentvolumeclaims",
                        "--namespace=" + NAMESPACE,
                        "--selector=app.kubernetes.io/instance=nodejoin",
                        "--output=name")
                .lines()
                .toList();
    }

    private String kubectl(String... words) {
        return bed.controlPlane().kubectl(words).run().orFail().output();
    }
}
