package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.controlplane.KubeProxy;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.template.Template;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A booted host gets kube-proxy by the manifests that users apply, and its pods reach each other by Service IPs. */
@Tag("full")
class KubeProxyE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final String SERVICE_IP = "10.96.0.80";
    private static final String READY = "jsonpath={.items[*].status.conditions[?(@.type==\"Ready\")].status}";

    private final SecureRandom random = new SecureRandom();

    @RegisterExtension
    private final BootedBed booted =
            BootedBed.of(BedSettings.numbered("proxy", 8).withKubeProxy(true), "kube-proxy on booted hosts is");

    private final TestBed bed = booted.bed();

    @Test
    void shouldJoinOnceKubeProxyIsReadyAndThenAnswerByServiceIps() {
        // given
        HostFixture fixture = HostFixture.create("proxied", false, random);
        Host host = booted.addHost(HostSpec.named(fixture.node().value(), fixture.secret()));

        // when
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            producer.send(
                    fixture.joinRequest(
                            SharedBed.CLUSTER,
                            host.address(),
                            HostProfile.CONTAINERD,
                            List.of("DaemonSet/kube-system/kube-proxy")),
                    SharedBed.recordKey(fixture.node()));
            outcomes.awaitOutcome(fixture.node(), JoinSucceeded.class);
        }

        // then the gate was met when the join ended, and its rules were there
        assertThat(kubectl("get", "pods", "-n", "kube-system", "-l", "k8s-app=kube-proxy", "-o", READY))
                .isEqualTo("True");
        assertThat(serviceIps(host)).contains("10.96.0.1 . tcp . 443");
        apply("e2e/service.yaml", Map.of("node", fixture.node()));
        assertThat(answersTo("asker-nftables", fixture)).isTrue();
        assertThat(serviceIps(host)).contains(SERVICE_IP + " . tcp . 80");

        // and the other mode replaces the rules of this one
        bed.kubeProxy().deploy(KubeProxy.Mode.IPTABLES);
        await("rules of iptables").atMost(TIMEOUT).until(() -> natRules(host).contains("-d " + SERVICE_IP + "/32"));
        await("no rules of nftables")
                .atMost(TIMEOUT)
                .until(() ->
                        !host.run("nft", "list", "table", "ip", "kube-proxy").succeeded());
        assertThat(answersTo("asker-iptables", fixture)).isTrue();
    }

    /** Whether a pod of this name on this node, with a network of its own, gets an answer from the Service. */
    private boolean answersTo(String name, HostFixture fixture) {
        apply("e2e/asker.yaml", Map.of("node", fixture.node(), "name", name));
        await("end of " + name)
                .atMost(TIMEOUT)
                .until(() -> kubectl("get", "pod", name, "-o", "jsonpath={.status.phase}")
                        .equals("Succeeded"));
        return !kubectl("get", "pod", name, "-o", "jsonpath={.status.podIP}")
                .equals(bed.host("proxied").orElseThrow().address());
    }

    private static String serviceIps(Host host) {
        return host.run("nft", "list", "map", "ip", "kube-proxy", "service-ips")
                .orFail()
                .output();
    }

    private static String natRules(Host host) {
        return host.run("iptables", "--wait", "-t", "nat", "-S").orFail().output();
    }

    private void apply(String template, Map<String, ?> values) {
        bed.controlPlane()
                .kubectl("apply", "--filename=-")
                .withInput(Template.load(template).render(values))
                .run()
                .orFail();
    }

    private String kubectl(String... words) {
        return bed.controlPlane().kubectl(words).run().output();
    }
}
