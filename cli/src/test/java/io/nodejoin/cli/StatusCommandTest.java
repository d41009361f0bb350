package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.gateway.GatewayAgents;
import io.nodejoin.workflows.gateway.WaitingAgent;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.node.NodeRef;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusCommandTest {
    private static final Instant STARTED = Instant.parse("2026-11-25T10:15:30Z");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final FakeTemporal temporal = new FakeTemporal();

    @AfterEach
    void stop() {
        temporal.close();
    }

    private static JoinProgress failed(ErrorCode code, Phase... phases) {
        List<PhaseTime> times = Arrays.stream(phases)
                .map(phase -> new PhaseTime(phase, STARTED))
                .toList();
        return new JoinProgress(
                new JoinId(FakeTemporal.joinId(0)),
                new ClusterName("fra-1"),
                new NodeName("w1"),
                times.getLast().phase(),
                times,
                "its agent",
                STARTED.plusSeconds(840),
                new Problem(code, "a Node w1 exists"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fra-1/w1", "w1 --cluster fra-1"})
    void shouldTellTheStateOfTheNodeFromItsLatestRequest(String node) {
        // given a node that has joined, and a second request for it
        temporal.addRun("NodeJoinWorkflow", "w1", "Failed", "NODE_NAME_IN_USE", STARTED.plusSeconds(60));
        temporal.addRun("NodeJoinWorkflow", "w1", "Joined", "", STARTED);
        temporal.answerQueriesWith(failed(ErrorCode.NODE_NAME_IN_USE, Phase.Requested, Phase.Failed));

        // when
        int exit = status(node.split(" "));

        // then
        assertThat(exit).isEqualTo(ExitCodes.FAILED);
        assertThat(text(out).lines())
                .contains(
                        "node       fra-1/w1",
                        "state      Joined since 2026-11-25T10:15:50Z (1m40s), by " + FakeTemporal.joinId(1),
                        "request    join " + FakeTemporal.joinId(0) + ", from 2026-11-25T10:16:30Z (1m0s ago)",
                        "phase      Failed NODE_NAME_IN_USE",
                        "attempt    1",
                        "why        " + ErrorCode.NODE_NAME_IN_USE.meaning(),
                        "check      " + ErrorCode.NODE_NAME_IN_USE.check(),
                        "to do      " + ErrorCode.NODE_NAME_IN_USE.remedy(),
                        "docs       docs/reference/error-codes.md#node_name_in_use");
        assertThat(text(err)).isEqualTo("next: nodejoin describe fra-1/w1\n");
    }

    @Test
    void shouldCountTheAttempts() {
        // given
        temporal.addRun("NodeJoinWorkflow", "w1", "HostPrepared", "", STARTED);
        temporal.answerQueriesWith(failed(
                ErrorCode.CSR_TIMEOUT,
                Phase.Requested,
                Phase.AgentConnected,
                Phase.Compensating,
                Phase.AgentConnected,
                Phase.HostPrepared));

        // when
        int exit = status("fra-1/w1", "-o", "json");

        // then
        assertThat(exit).isEqualTo(ExitCodes.STILL_RUNNING);
        assertThat(text(out)).contains("\"state\":\"NotJoined\"", "\"attempt\":2", "\"phase\":\"HostPrepared\"");
    }

    @Test
    void shouldShowWhatTemporalListsWhileTheServiceIsDown() {
        // given
        temporal.addRun("NodeJoinWorkflow", "w1", "HostPrepared", "", STARTED);

        // when
        int exit = status("fra-1/w1");

        // then
        assertThat(exit).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(text(out)).contains("phase      HostPrepared");
        assertThat(text(err))
                .startsWith("nodejoin: the service is down: Temporal at " + temporal.address() + " responds")
                .doesNotContain("FAILED_PRECONDITION")
                .hasLineCount(1);
    }

    @Test
    void shouldTellWhyAJoinThatHasNotBegunWaitsForItsTurn() {
        // given
        temporal.addRun("NodeJoinWorkflow", "w1", "Requested", "", STARTED);
        NodeRef node = new NodeRef(new ClusterName("fra-1"), new NodeName("w1"));
        WaitingAgent agent = new WaitingAgent(node, "192.0.2.7", STARTED, null, "waits for its turn");
        temporal.addReplica("nodejoin-0", Map.of("agents", new GatewayAgents(0, List.of(), 1, List.of(agent))));

        // when
        int exit = status("fra-1/w1");

        // then
        assertThat(exit).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(text(out)).containsPattern("admission +waits for its turn");
    }

    @Test
    void shouldProposeANodeThatIsNear() {
        // given
        temporal.addRun("NodeJoinWorkflow", "worker-7", "Joined", "", STARTED);

        // when
        int exit = status("fra-1/wroker-7");

        // then
        assertThat(exit).isEqualTo(ExitCodes.NOT_FOUND);
        assertThat(text(err))
                .isEqualTo("nodejoin: no join of wroker-7 to fra-1 is known; did you mean fra-1/worker-7?\n");
    }

    @Test
    void shouldNameTheAddressThatCannotBeReachedAndItsSetting() {
        // given
        String address = temporal.address();
        temporal.close();

        // when
        int exit = status("fra-1/w1");

        // then
        assertThat(exit).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(text(err))
                .startsWith("nodejoin: cannot reach Temporal at " + address + ": ")
                .endsWith("; set TEMPORAL_ADDRESS, or temporal.target in the file of --config\n")
                .doesNotContain("Exception", "UNAVAILABLE")
                .hasLineCount(1);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }

    private int status(String... words) {
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        String[] line = new String[words.length + 1];
        line[0] = "status";
        System.arraycopy(words, 0, line, 1, words.length);
        return Main.commandLine(
                        terminal,
                        Map.of("TEMPORAL_ADDRESS", temporal.address()),
                        Clock.fixed(STARTED.plusSeconds(120), ZoneOffset.UTC))
                .execute(line);
    }
}
