package io.nodejoin.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.plan.HostStep;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.HostCommand.KubeletSettings;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.join.Taint;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubeletPlanTest {
    private static final BootstrapToken TOKEN = BootstrapToken.parse("abcdef.0123456789abcdef");

    private static KubeletPlan plan(@Nullable String nodeIp, boolean dropIns) {
        return plan(nodeIp, dropIns, null);
    }

    private static KubeletPlan plan(@Nullable String nodeIp, boolean dropIns, @Nullable Boolean serverTlsBootstrap) {
        KubeletSettings settings = new KubeletSettings(
                nodeIp,
                "x://\"\nevil: true",
                List.of(new Taint("a/b", null, Taint.Effect.NoSchedule)),
                serverTlsBootstrap);
        BootstrapKubeconfig bootstrap =
                new BootstrapKubeconfig(new TrustedCluster(URI.create("https://10.0.0.1:6443"), List.of()), TOKEN);
        return new KubeletPlan(new NodeName("w1"), settings, bootstrap, "/usr/bin/kubelet", dropIns);
    }

    @Test
    void shouldCloseTheKubeletToAnonymousCallers() {
        // when
        String configuration = plan(null, false).configuration();

        // then
        assertThat(configuration)
                .contains("mode: \"Webhook\"", "readOnlyPort: 0", "rotateCertificates: true")
                .containsPattern("anonymous:\\s+enabled: false")
                .doesNotContain("\nevil");
    }

    @Test
    void shouldNameTheNodeAndItsAddress() {
        // when
        String unit = plan("10.0.0.2", true).unit();

        // then
        assertThat(unit)
                .contains("ExecStart=/usr/bin/kubelet \\\n")
                .contains("--hostname-override=w1", "--node-ip=10.0.0.2", "--config-dir=/etc/kubernetes/kubelet.conf.d")
                .doesNotContain("0123456789abcdef");
    }

    @Test
    void shouldAskTheClusterForTheServingCertificateOnlyWhenToldSo() {
        // when
        List<String> configurations = Arrays.asList(true, false, null).stream()
                .map(asked -> plan("10.0.0.2,2001:db8::2", false, asked).configuration())
                .toList();

        // then
        assertThat(configurations.getFirst()).contains("\nserverTLSBootstrap: true\n");
        assertThat(configurations.subList(1, 3)).noneMatch(text -> text.contains("serverTLSBootstrap"));
    }

    @Test
    void shouldStartTheUnitLastAndShowTheTokenToNobody() {
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
    @ValueSource(strings = {"$(id)", "10.0.0.1 --v=9", "10.0.0.1\nExecStartPre=/bin/sh", "", "-x"})
    void shouldRefuseAddressThatIsNone(String address) {
        // when
        ThrowingCallable plan = () -> plan(address, false);

        // then
        assertThatThrownBy(plan).hasMessageContaining("COMMAND_UNKNOWN");
    }
}
