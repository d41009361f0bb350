package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.agent.AgentConfig.PreparationTime;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigTest {
    private static final String VALID = """
            {"cluster":"prod","node":"w1","gateway":"https://gw:8443","gatewayCaFile":"/ca",
             "enrollmentSecretFile":"/secret","stateDirectory":"/state","ignoredChecks":["swap"],"resident":true,
             "profile":"containerd","hostSettings":{"swap":"NoSwap"},"prepare":"early",
             "apiServer":"https://api:6443","tpm":"device:/dev/tpmrm0"}""";

    @TempDir
    Path directory;

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("agent.json"), content);
    }

    @Test
    void shouldMapEveryProperty() throws IOException {
        // given
        Path file = file(VALID);

        // when
        AgentConfig config = AgentConfig.read(file);

        // then
        assertThat(config)
                .isEqualTo(new AgentConfig(
                        new ClusterName("prod"),
                        new NodeName("w1"),
                        null,
                        URI.create("https://gw:8443"),
                        Path.of("/ca"),
                        Path.of("/secret"),
                        Path.of("/state"),
                        List.of("swap"),
                        true,
                        HostProfile.CONTAINERD,
                        new HostSettings(SwapPolicy.NO_SWAP, null, null),
                        PreparationTime.EARLY,
                        URI.create("https://api:6443"),
                        "device:/dev/tpmrm0"));
    }

    @ParameterizedTest
    @CsvSource({
        "'\"w1\"', '\"w1\",\"nodes\":1', nodes",
        "https://gw:8443, http://gw:8443, gateway",
        "https://api:6443, http://api:6443, apiServer",
        "/state, state, stateDirectory",
        "device:/dev/tpmrm0, /dev/tpmrm0, tpm",
        "w1, W_1, RFC 1123",
        "'\"node\":\"w1\"', '\"node\":\"w1\",\"pool\":\"batch\"', 'node, pool: both are given'",
        "'\"node\":\"w1\",', '', 'node, pool: neither is given'",
        "'\"node\":\"w1\"', '\"pool\":\"batch amd64\"', is no pool name",
        "'\"node\":\"w1\"', '\"pool\":\"batch\"', early needs a node",
        "'[\"swap\"]', '[\"swapp\"]', ignoredChecks",
        "'\"profile\":\"containerd\",', '', needs a profile",
        "'\"w1\"', null, node",
        "'\"/state\"', null, stateDirectory"
    })
    void shouldReportAnInvalidKey(String valid, String wrong, String named) throws IOException {
        // given
        Path file = file(VALID.replace(valid, wrong));

        // when
        ThrowingCallable read = () -> AgentConfig.read(file);

        // then
        assertThatThrownBy(read).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(named);
    }

    @Test
    void shouldIgnoreNoCheckByDefault() throws IOException {
        // given
        Path file = file(VALID.replace(",\"ignoredChecks\":[\"swap\"]", ""));

        // when
        AgentConfig config = AgentConfig.read(file);

        // then
        assertThat(config.ignoredChecks()).isEmpty();
    }

    @Test
    void shouldEndAfterItsJoinByDefault() throws IOException {
        // given
        Path file = file(VALID.replace(",\"resident\":true", ""));

        // when
        AgentConfig config = AgentConfig.read(file);

        // then
        assertThat(config.resident()).isFalse();
    }

    @Test
    void shouldPrepareTheHostEarlyIfTheProfileIsKnown() throws IOException {
        // given
        Path file = file(VALID.replace(",\"prepare\":\"early\"", ""));

        // when
        AgentConfig config = AgentConfig.read(file);

        // then
        assertThat(config.earlyPreparation())
                .contains(new HostCommand.PrepareHost(
                        HostProfile.CONTAINERD,
                        TlsBootstrap.AGENT,
                        new HostSettings(SwapPolicy.NO_SWAP, null, null),
                        null));
    }

    @ParameterizedTest
    @CsvSource({
        "early, join",
        "'\"profile\":\"containerd\",\"hostSettings\":{\"swap\":\"NoSwap\"},\"prepare\":\"early\"', '\"resident\":true'"
    })
    void shouldPrepareTheHostByItsJoin(String valid, String other) throws IOException {
        // given
        Path file = file(VALID.replace(",\"resident\":true", "").replace(valid, other));

        // when
        AgentConfig config = AgentConfig.read(file);

        // then
        assertThat(config.earlyPreparation()).isEmpty();
    }

    @Test
    void shouldReadThePoolThatAMachineWaitsIn() throws IOException {
        // given
        Path file = file(
                VALID.replace("\"node\":\"w1\"", "\"pool\":\"batch-amd64\"").replace(",\"prepare\":\"early\"", ""));

        // when
        AgentConfig config = AgentConfig.read(file);

        // then
        assertThat(config.node()).isNull();
        assertThat(config.pool()).isEqualTo(new PoolName("batch-amd64"));
        assertThat(config.earlyPreparation()).isEmpty();
    }

    @Test
    void shouldReportAMissingKey() throws IOException {
        // given
        Path file = file(VALID.replace("\"cluster\":\"prod\",", ""));

        // when
        ThrowingCallable read = () -> AgentConfig.read(file);

        // then
        assertThatThrownBy(read).hasMessageContaining("cluster");
    }
}
