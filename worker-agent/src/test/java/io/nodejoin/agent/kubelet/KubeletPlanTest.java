package io.nodejoin.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.key.TestKeys;
import io.nodejoin.agent.plan.HostStep;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.HostCommand.KubeletSettings;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.event.Taint;
import io.nodejoin.protocol.hostile.HostileText;
import java.io.IOException;
import java.net.URI;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubeletPlanTest {
    private static final BootstrapToken TOKEN = BootstrapToken.parse("abcdef.0123456789abcdef");

    private static final URI SERVER = URI.create("https://10.0.0.1:6443");
    private static final KubeletSettings NOTHING = new KubeletSettings(null, null, List.of(), null);

    private static KubeletPlan plan(@Nullable String nodeIp, boolean dropIns) {
        return plan(nodeIp, dropIns, null);
    }

    private static KubeletPlan plan(@Nullable String nodeIp, boolean dropIns, @Nullable Boolean serverTlsBootstrap) {
        KubeletSettings settings = new KubeletSettings(
                nodeIp,
                "x://\" evil: true",
                List.of(new Taint("a/b", null, Taint.Effect.NoSchedule)),
                serverTlsBootstrap);
        return plan(settings, SERVER, dropIns);
    }

    private static KubeletPlan plan(KubeletSettings settings, URI server) {
        return plan(settings, server, false);
    }

    private static KubeletPlan plan(KubeletSettings settings, URI server, boolean dropIns) {
        BootstrapKubeconfig bootstrap = new BootstrapKubeconfig(new TrustedCluster(server, List.of()), TOKEN);
        return new KubeletPlan(
                new NodeName("w1"),
                settings,
                HostSettings.DEFAULT,
                bootstrap,
                "/usr/bin/kubelet",
                CriEndpoint.CONTAINERD,
                dropIns);
    }

    @Test
    void shouldCloseTheKubeletToAnonymousCallers() {
        // when
        String configuration = plan(null, false).configuration();

        // then
        assertThat(configuration)
                .contains("mode: \"Webhook\"", "readOnlyPort: 0", "rotateCertificates: true")
                .containsPattern("anonymous:\\s+enabled: false");
    }

    private static JsonNode configured(HostSettings settings) throws JsonProcessingException {
        return new YAMLMapper().readTree(new KubeletConfiguration(NOTHING, settings, CriEndpoint.CONTAINERD).text());
    }

    @Test
    void shouldNotConfigureSwapIfTheClusterForbidsIt() throws JsonProcessingException {
        // when
        JsonNode configuration = configured(new HostSettings(SwapPolicy.OFF, null, null));

        // then
        assertThat(configuration).isEqualTo(configured(HostSettings.DEFAULT));
        assertThat(configuration.has("failSwapOn")).isFalse();
        assertThat(configuration.has("memorySwap")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"NO_SWAP, NoSwap", "LIMITED_SWAP, LimitedSwap"})
    void shouldStartOnAHostWithSwapIfTheClusterAllowsIt(SwapPolicy policy, String behavior)
            throws JsonProcessingException {
        // when
        JsonNode configuration = configured(new HostSettings(policy, null, null));

        // then
        assertThat(configuration.path("failSwapOn").isBoolean()).isTrue();
        assertThat(configuration.path("failSwapOn").asBoolean()).isFalse();
        assertThat(configuration.at("/memorySwap/swapBehavior").asText()).isEqualTo(behavior);
    }

    @Test
    void shouldUseTheInstalledRuntime() {
        // given
        BootstrapKubeconfig bootstrap = new BootstrapKubeconfig(new TrustedCluster(SERVER, List.of()), TOKEN);
        KubeletPlan plan = new KubeletPlan(
                new NodeName("w1"),
                NOTHING,
                HostSettings.DEFAULT,
                bootstrap,
                "/usr/bin/kubelet",
                CriEndpoint.CRI_DOCKERD,
                false);

        // when
        String unit = plan.unit();

        // then
        assertThat(unit).contains("After=cri-docker.service\nRequires=cri-docker.service\n");
        assertThat(plan.configuration()).contains("unix:///run/cri-dockerd.sock");
    }

    @Test
    void shouldSetTheNameOfTheNodeAndItsAddress() {
        // when
        String unit = plan("10.0.0.2", true).unit();

        // then
        assertThat(unit)
                .contains("ExecStart=/usr/bin/kubelet \\\n")
                .contains("--hostname-override=w1", "--node-ip=10.0.0.2", "--config-dir=/etc/kubernetes/kubelet.conf.d")
                .doesNotContain("0123456789abcdef");
    }

    @Test
    void shouldDisableCoreFilesOfTheKubelet() {
        // when
        String unit = plan(null, false).unit();

        // then
        assertThat(unit.lines()).contains("LimitCORE=0");
    }

    @Test
    void shouldRequestTheServingCertificateOnlyIfTheCommandDeclaresIt() {
        // when
        List<String> configurations = Arrays.asList(true, false, null).stream()
                .map(asked -> plan("10.0.0.2,2001:db8::2", false, asked).configuration())
                .toList();

        // then
        assertThat(configurations.getFirst()).contains("\nserverTLSBootstrap: true\n");
        assertThat(configurations.subList(1, 3)).noneMatch(text -> text.contains("serverTLSBootstrap"));
    }

    @Test
    void shouldStartTheUnitLastAndNotExposeTheToken() {
        // when
        List<HostStep> steps = plan(null, false).steps();

        // then
        assertThat(steps).endsWith(new HostStep.StartUnit("kubelet.service"));
        assertThat(steps.toString()).doesNotContain("0123456789abcdef");
        assertThat(steps)
                .filteredOn(step -> step instanceof HostStep.WriteFile file
                        && file.content().contains(TOKEN.secret()))
                .allMatch(step -> step instanceof HostStep.WriteFile file && file.secret() && file.mode() == 0600)
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$(id)",
                "10.0.0.1 --v=9",
                "10.0.0.1\nExecStartPre=/bin/sh",
                "",
                "-x",
                "10.0.0",
                "face",
                "10.0.0.1,",
                "10.0.0.1,2001:db8::2,10.0.0.3",
                "127.0.0.1",
                "10.0.0.1,fe80::1"
            })
    void shouldRefuseAddressThatIsNone(String address) {
        // when
        ThrowingCallable plan = () -> plan(address, false);

        // then
        assertThatThrownBy(plan).hasMessageContaining("COMMAND_UNKNOWN");
    }

    @Test
    void shouldRejectATextOrWriteItSoThatItParsesAsItself() throws JsonProcessingException {
        for (HostileText hostile : HostileText.all()) {
            // given
            Taint taint = new Taint(hostile.text(), hostile.text(), Taint.Effect.NoExecute);
            KubeletSettings settings = new KubeletSettings(null, hostile.text(), List.of(taint), null);

            // when
            String written;
            try {
                written = plan(settings, SERVER).configuration();
            } catch (HostException e) {
                assertThat(e.problem().code()).isEqualTo(ErrorCode.COMMAND_UNKNOWN);
                assertThat(hostile.text()).as("%s", hostile).doesNotMatch("[ -~]{0,512}");
                continue;
            }
            JsonNode configuration = new YAMLMapper().readTree(written);

            // then
            assertThat(configuration.path("providerID").asText())
                    .as("%s", hostile)
                    .isEqualTo(hostile.text());
            assertThat(configuration.path("registerWithTaints"))
                    .as("%s", hostile)
                    .singleElement()
                    .isEqualTo(new YAMLMapper()
                            .createObjectNode()
                            .put("key", hostile.text())
                            .put("value", hostile.text())
                            .put("effect", "NoExecute"));
            assertThat(configuration.properties()).hasSize(12);
        }
    }

    @Test
    void shouldHaveNoOtherDirectiveInTheUnitWhateverTheAddress() {
        // given
        String expected = plan("192.0.2.2", true).unit();
        for (HostileText hostile : HostileText.all()) {
            // when
            String unit;
            try {
                unit = plan(hostile.text(), true).unit();
            } catch (HostException e) {
                assertThat(e.problem().code()).isEqualTo(ErrorCode.COMMAND_UNKNOWN);
                assertThat(e.problem().detail()).as("%s", hostile).matches("[ -~]{1,100}");
                continue;
            }

            // then
            assertThat(hostile.text()).matches("[0-9a-fA-F.:]+(,[0-9a-fA-F.:]+)?");
            assertThat(unit).isEqualTo(expected.replace("192.0.2.2", hostile.text()));
        }
    }

    @Test
    void shouldWriteTheServerUnchangedIntoTheKubeconfigs() throws IOException {
        for (HostileText hostile : HostileText.all()) {
            // given
            URI server;
            try {
                server = URI.create(hostile.text().replaceAll("[^ -~]", "x"));
            } catch (IllegalArgumentException e) {
                continue;
            }

            // when
            TrustedCluster cluster = new TrustedCluster(server, List.of());
            JsonNode bootstrap = new YAMLMapper().readTree(new BootstrapKubeconfig(cluster, TOKEN).text());
            JsonNode client = new YAMLMapper().readTree(new ClientKubeconfig(cluster).text());

            // then
            assertThat(bootstrap.at("/clusters/0/cluster/server").asText()).isEqualTo(server.toString());
            assertThat(bootstrap.at("/users/0/user/token").asText()).isEqualTo(TOKEN.bearerToken());
            assertThat(client.at("/clusters/0/cluster/server").asText()).isEqualTo(server.toString());
        }
    }

    private static KubeletPlan planWithCertificate() {
        return new KubeletPlan(
                new NodeName("w1"),
                NOTHING,
                HostSettings.DEFAULT,
                new ClientKubeconfig(new TrustedCluster(SERVER, List.of())),
                "/usr/bin/kubelet",
                CriEndpoint.CONTAINERD,
                false);
    }

    @Test
    void shouldBootstrapFromAFileOnlyIfTheKubeletRequestsItsCertificate() {
        // when
        String byKubelet = plan(NOTHING, SERVER).unit();
        String byAgent = planWithCertificate().unit();

        // then
        assertThat(byKubelet)
                .contains(
                        "  --kubeconfig=/var/lib/kubelet/kubeconfig \\\n"
                                + "  --bootstrap-kubeconfig=/var/lib/kubelet/bootstrap-kubeconfig \\\n  --cert-dir=",
                        "UMask=0027\n# Until its certificate is there, its memory holds a bootstrap token.\nLimitCORE=0\n\n[Install]");
        assertThat(byAgent)
                .contains("  --kubeconfig=/var/lib/kubelet/kubeconfig \\\n  --cert-dir=", "UMask=0027\n\n[Install]")
                .doesNotContain("bootstrap");
    }

    @Test
    void shouldWriteTheCertificateLastAndForItsOwnerOnly() {
        // given
        ClientKubeconfig kubeconfig = new ClientKubeconfig(new TrustedCluster(SERVER, List.of()));
        PrivateKey key = TestKeys.generate().getPrivate();
        ClientCertificate certificate =
                new ClientCertificate(List.of(), key, Instant.parse("2026-11-30T23:59:07.999Z"));

        // when
        List<HostStep> steps = KubeletPlan.startSteps(kubeconfig.steps(certificate));

        // then
        assertThat(steps.get(0))
                .isEqualTo(new HostStep.CreateLink(
                        "/var/lib/kubelet/pki/kubelet-client-current.pem", "kubelet-client-2026-11-30-23-59-07.pem"));
        assertThat(steps.get(1)).isInstanceOfSatisfying(HostStep.WriteFile.class, file -> {
            assertThat(file.path()).isEqualTo("/var/lib/kubelet/kubeconfig");
            assertThat(file.mode()).isEqualTo(0600);
            assertThat(file.content())
                    .contains(
                            "\"client-certificate\":\"/var/lib/kubelet/pki/kubelet-client-current.pem\"",
                            "\"client-key\":\"/var/lib/kubelet/pki/kubelet-client-current.pem\"");
        });
        assertThat(steps.get(2))
                .isEqualTo(new HostStep.WriteFile(
                        "/var/lib/kubelet/pki/kubelet-client-2026-11-30-23-59-07.pem",
                        Pem.encode("PRIVATE KEY", key.getEncoded()),
                        0600,
                        true));
        assertThat(steps.get(3)).isEqualTo(new HostStep.StartUnit("kubelet.service"));
        assertThat(certificate.toString() + steps.get(2)).doesNotContain("PRIVATE");
    }

    @Test
    void shouldWriteNoTokenIfTheAgentRequestsTheCertificate() {
        // when
        List<HostStep> steps = planWithCertificate().fileSteps();

        // then
        assertThat(steps)
                .extracting(HostStep::name)
                .containsExactly(
                        "claim /var/lib/kubelet",
                        "make /var/lib/kubelet/pki",
                        "claim /var/lib/kubelet/pki",
                        "write /etc/kubernetes/pki/ca.crt",
                        "write /var/lib/kubelet/config.yaml",
                        "write /etc/systemd/system/kubelet.service");
    }
}
