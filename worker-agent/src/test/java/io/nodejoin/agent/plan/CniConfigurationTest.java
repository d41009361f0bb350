package io.nodejoin.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.agent.step.UndoExecutor;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CniConfigurationTest {
    private static final String FILE = "/etc/cni/net.d/90-nodejoin.conflist";

    @TempDir
    Path root;

    @TempDir
    Path state;

    private FakeHost host;
    private Journal journal;

    @BeforeEach
    void makeHost() {
        host = new FakeHost(root);
        journal = Journal.open(state.resolve("journal"));
    }

    private List<HostStep> plan(String podCidr) {
        Profile profile = Profile.of(HostProfile.CONTAINERD, HostSettings.DEFAULT, podCidr);
        return HostPlans.create(host, profile).steps();
    }

    @Test
    void shouldConfigureABridgeAndUndoIt() throws IOException {
        // given
        new StepExecutor(host.parts(), journal).apply(plan("10.244.3.0/24"), _ -> {});
        String written = Files.readString(root.resolve(FILE.substring(1)));
        List<HostStep> left = plan("10.244.3.0/24");

        // when
        List<Finding> residue = new UndoExecutor(host.parts(), journal).undoAll();

        // then
        assertThat(written).contains("\"subnet\": \"10.244.3.0/24\"");
        assertThat(left).isEmpty();
        assertThat(residue).isEmpty();
        assertThat(root.resolve("etc/cni")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"10.244.3.0/24, 0.0.0.0/0", "fd00:10:244:3::/64, ::/0"})
    void shouldContainBridgeAddressesAndHostPorts(String podCidr, String route) throws JsonProcessingException {
        // when
        JsonNode network = new JsonMapper().readTree(CniConfiguration.bridgeConfiguration(podCidr));

        // then
        assertThat(network.findValuesAsText("type")).containsExactlyInAnyOrderElementsOf(CniConfiguration.PLUGINS);
        assertThat(network.at("/plugins/0/ipam/ranges/0/0/subnet").asText()).isEqualTo(podCidr);
        assertThat(network.at("/plugins/0/ipam/routes/0/dst").asText()).isEqualTo(route);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10-calico.conflist", "99-other.conf", "00-x.json"})
    void shouldConfigureNoBridgeIfThereIsAnotherNetwork(String other) {
        // given
        host.directory("etc/cni/net.d");
        host.text("/etc/cni/net.d/" + other, "{}");

        // when
        List<HostStep> steps = plan("10.244.3.0/24");

        // then
        assertThat(steps).extracting(HostStep::name).noneMatch(name -> name.contains("cni"));
    }

    @Test
    void shouldIgnoreFilesThatAreNoNetworkConfiguration() {
        // given
        host.directory("etc/cni/net.d");
        host.text("/etc/cni/net.d/README", "");

        // when
        List<HostStep> steps = plan("10.244.3.0/24");

        // then
        assertThat(steps).extracting(HostStep::name).contains("write " + FILE);
    }

    @Test
    void shouldRejectTextThatIsNoRange() {
        // when, then
        assertThatThrownBy(() -> plan("10.244.3.0/24\", \"x\": \"")).hasMessageContaining("COMMAND_UNKNOWN");
    }
}
