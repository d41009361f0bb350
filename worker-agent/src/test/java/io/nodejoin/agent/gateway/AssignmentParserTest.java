package io.nodejoin.agent.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.KubeletOptions;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.Taint;
import io.nodejoin.protocol.hostile.Fuzzing;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssignmentParserTest {
    private static final List<ArtifactDigest> KUBELETS = List.of(new ArtifactDigest("sha256:" + "0a".repeat(32)));
    private static final HostSettings SETTINGS = new HostSettings(
            SwapPolicy.NO_SWAP,
            new ContainerdSettings(
                    CgroupDriver.SYSTEMD,
                    "registry.example/pause:3.10",
                    Map.of("docker.io", List.of(URI.create("https://mirror.example:5000")))),
            new KubeletOptions(Map.of("cpu", "100m"), Map.of(), Map.of("memory.available", "5%"), "10Mi", 3));
    private static final List<HostCommand> COMMANDS = List.of(
            new HostCommand.Preflight(
                    HostProfile.CONTAINERD, "v1.34.1", URI.create("https://10.0.0.1:6443"), null, KUBELETS, null, null),
            new HostCommand.Preflight(
                    HostProfile.DOCKER, "edge", URI.create("https://10.0.0.1:6443"), null, List.of(), SETTINGS, null),
            new HostCommand.PrepareHost(HostProfile.DOCKER, TlsBootstrap.AGENT, SETTINGS, null),
            new HostCommand.PrepareHost(HostProfile.CONTAINERD, TlsBootstrap.KUBELET, null, null),
            new HostCommand.StartKubelet(
                    URI.create("https://10.0.0.1:6443"),
                    List.of(CaPin.ofSubjectPublicKeyInfo(new byte[] {1})),
                    "uid",
                    new TokenId("abcdef"),
                    "a.b.c.d.e",
                    TlsBootstrap.AGENT,
                    new HostCommand.KubeletSettings(
                            "10.0.0.2", "fleet:///1", List.of(new Taint("k", "v", Taint.Effect.NoSchedule)), true),
                    KUBELETS,
                    SETTINGS,
                    null,
                    null),
            new HostCommand.ResetHost(),
            new HostCommand.CollectDiagnostics(20));

    private final JsonMapper json = JsonMappers.strict();
    private final AssignmentParser reader = new AssignmentParser();

    private static Assignment assignment(HostCommand command) {
        JoinId join = JoinId.of("test", "1");
        return new Assignment(
                Assignment.id(join, 1, command.verb()),
                join,
                new NodeName("w1"),
                1,
                7,
                Instant.parse("2026-11-25T10:00:00Z"),
                command);
    }

    @Test
    void shouldParseEveryCommand() throws JsonProcessingException {
        for (HostCommand command : COMMANDS) {
            // when
            GatewayResponse response = reader.parse(json.writeValueAsBytes(assignment(command)));

            // then
            assertThat(response).isEqualTo(new GatewayResponse.Assigned(assignment(command)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "[]",
                "{}",
                "{\"id\":\"../../v1/enrollments\"}",
                "{\"id\":\"a b\",\"joinId\":null}",
                "{\"id\":{}}",
            })
    void shouldRejectABodyThatIsNoAssignment(String body) {
        // when
        GatewayResponse response = reader.parse(body.getBytes(UTF_8));

        // then
        assertThat(response)
                .isInstanceOfSatisfying(
                        GatewayResponse.Unreadable.class,
                        not -> assertThat(not.id()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"verb\":\"EXEC\"",
                "\"verb\":\"PrepareHost\",\"profile\":null",
                "\"verb\":\"PrepareHost\"",
                "\"verb\":\"PrepareHost\",\"profile\":\"containerd\",\"path\":\"/etc\"",
                "\"verb\":\"PrepareHost\",\"profile\":\"containerd\",\"profile\":\"docker\""
            })
    void shouldRejectAnInvalidCommandUnderItsId(String command) throws JsonProcessingException {
        // given
        String good = json.writeValueAsString(assignment(new HostCommand.ResetHost()));
        String body = good.replace("\"verb\":\"ResetHost\"", command);

        // when
        GatewayResponse response = reader.parse(body.getBytes(UTF_8));

        // then
        assertThat(response).isInstanceOf(GatewayResponse.Unreadable.class);
    }

    @Test
    void shouldRejectAnAssignmentThatIsTruncatedAnywhere() throws JsonProcessingException {
        for (HostCommand command : COMMANDS) {
            // given
            byte[] whole = json.writeValueAsBytes(assignment(command));
            for (int length = 0; length < whole.length; length++) {
                // when
                GatewayResponse response = reader.parse(Arrays.copyOf(whole, length));

                // then
                assertThat(response)
                        .as("%s of %s bytes", command.verb(), length)
                        .isInstanceOf(GatewayResponse.Unreadable.class);
            }
        }
    }

    @Test
    void shouldParseOnlyWhatItWrites() {
        Fuzzing.check("assignment", mutator -> {
            // given
            String good = json.writeValueAsString(assignment(mutator.oneOf(COMMANDS)));
            byte[] bad = mutator.nextInt(4) == 0
                    ? mutator.mutateBytes(good.getBytes(UTF_8))
                    : mutator.mutateJson(good).getBytes(UTF_8);

            // when
            GatewayResponse response = reader.parse(bad);

            // then
            if (response instanceof GatewayResponse.Assigned(Assignment read)) {
                assertThat(reader.parse(json.writeValueAsBytes(read))).isEqualTo(response);
            } else {
                assertThat(response).isInstanceOf(GatewayResponse.Unreadable.class);
            }
        });
    }
}
