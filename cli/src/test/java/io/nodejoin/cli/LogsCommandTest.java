package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.HostLogLine;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.workflows.gateway.ConnectedAgent;
import io.nodejoin.workflows.gateway.GatewayAgents;
import io.nodejoin.workflows.gateway.HostLogPage;
import io.nodejoin.workflows.gateway.WaitingAgent;
import io.nodejoin.workflows.node.NodeRef;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The commands logs and agents, which ask the gateway replicas. */
class LogsCommandTest {
    private static final Instant STARTED = Instant.parse("2026-11-25T10:15:30Z");
    private static final Instant NOW = STARTED.plusSeconds(120);
    private static final UUID AGENT = new UUID(0, 1);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final FakeTemporal temporal = new FakeTemporal();

    @AfterEach
    void stop() {
        temporal.close();
    }

    private static HostLogLine line(long number, String text) {
        return new HostLogLine(number, STARTED.plusSeconds(number), "kubelet.service", text);
    }

    private void addLog(HostLogLine... lines) {
        temporal.addReplica("nodejoin-0", Map.of("hostLog", new HostLogPage(true, AGENT, List.of(lines))));
    }

    @Test
    void shouldPrintTheLinesOfARunningJoin() {
        // given
        temporal.addRun("NodeJoinWorkflow", "w1", "HostPrepared", "", STARTED);
        addLog(line(1, "cni not initialized"), line(4, "still \u001b]0;owned\u0007 not"));

        // when
        int exit = nodejoin("logs", "fra-1/w1");

        // then
        assertThat(exit).isEqualTo(ExitCodes.OK);
        assertThat(text(out).lines())
                .containsExactly(
                        "2026-11-25T10:15:31Z  kubelet         cni not initialized",
                        "2026-11-25T10:15:34Z  kubelet         still \uFFFD]0;owned\uFFFD not");
        assertThat(text(err)).isEqualTo("(lines are missing here)\n");
    }

    @Test
    void shouldLeaveOutWhatIsOlder() {
        // given
        temporal.addRun("NodeJoinWorkflow", "w1", "HostPrepared", "", STARTED);
        addLog(line(1, "old"), line(100, "new"));

        // when
        int exit = nodejoin("logs", "fra-1/w1", "--since", "1m", "-o", "json");

        // then
        assertThat(exit).isEqualTo(ExitCodes.OK);
        assertThat(text(out))
                .isEqualTo("{\"time\":\"2026-11-25T10:17:10Z\",\"unit\":\"kubelet.service\",\"text\":\"new\","
                        + "\"missingBefore\":true}\n");
    }

    @Test
    void shouldSayThatTheAgentIsNotConnectedAndWhoDidNotAnswer() {
        // given
        temporal.addRun("NodeJoinWorkflow", "w1", "Requested", "", STARTED);
        temporal.addReplica("nodejoin-0", Map.of("hostLog", new HostLogPage(false, null, List.of())));
        temporal.addReplica("nodejoin-1", Map.of());

        // when
        int exit = nodejoin("logs", "fra-1/w1");

        // then
        assertThat(exit).isEqualTo(ExitCodes.FAILED);
        assertThat(text(out)).isEmpty();
        assertThat(text(err))
                .contains("the agent of w1 is connected to no gateway replica that answers (nodejoin-1 did not)");
    }

    @Test
    void shouldPrintTheLinesThatCameWithTheFailureOfACommand() {
        // given
        temporal.addRun("NodeJoinWorkflow", "w1", "Failed", "KUBELET_NOT_STARTED", STARTED);
        addFailedCommand("run.go:72] unknown flag");

        // when
        int exit = nodejoin("logs", "fra-1/w1", "-f");

        // then
        assertThat(exit).isEqualTo(ExitCodes.OK);
        assertThat(text(out)).isEqualTo("run.go:72] unknown flag\n");
        assertThat(text(err)).contains("the join of fra-1/w1 has ended (Failed KUBELET_NOT_STARTED)");
    }

    @Test
    void shouldSayThatNothingIsKeptOfAJoinThatSucceeded() {
        // given
        temporal.addRun("NodeJoinWorkflow", "w1", "Joined", "", STARTED);

        // when
        int exit = nodejoin("logs", "fra-1/w1");

        // then
        assertThat(exit).isEqualTo(ExitCodes.FAILED);
        assertThat(text(err)).contains("live lines are not kept", "journalctl -u kubelet");
    }

    @Test
    void shouldProposeANodeThatIsNear() {
        // given
        temporal.addRun("NodeJoinWorkflow", "worker-7", "Joined", "", STARTED);

        // when
        int exit = nodejoin("logs", "fra-1/wroker-7");

        // then
        assertThat(exit).isEqualTo(ExitCodes.NOT_FOUND);
        assertThat(text(err)).contains("did you mean fra-1/worker-7?");
    }

    @Test
    void shouldListWhoIsConnectedAndWhoWaits() {
        // given
        temporal.addReplica(
                "nodejoin-0",
                Map.of(
                        "agents",
                        new GatewayAgents(
                                1,
                                List.of(new ConnectedAgent(
                                        node("w1"), new JoinId(FakeTemporal.joinId(0)), NOW.minusSeconds(30))),
                                1,
                                List.of(new WaitingAgent(
                                        node("w2"),
                                        "192.0.2.7",
                                        NOW.minusSeconds(1200),
                                        HostProfile.CONTAINERD,
                                        null)))));
        temporal.addReplica("nodejoin-1", Map.of());

        // when
        int exit = nodejoin("agents");

        // then
        assertThat(exit).isEqualTo(ExitCodes.OK);
        assertThat(text(out).lines())
                .containsExactly(
                        "STATE      NODE      SINCE  REPLICA     ADDRESS    PROFILE     JOIN",
                        "waiting    fra-1/w2  20m0s  -           192.0.2.7  containerd  -",
                        "connected  fra-1/w1  30s    nodejoin-0  -          -           " + FakeTemporal.joinId(0));
        assertThat(text(err)).isEqualTo("these gateway replicas did not answer: nodejoin-1\n");
    }

    private static NodeRef node(String name) {
        return new NodeRef(new ClusterName("fra-1"), new NodeName(name));
    }

    private void addFailedCommand(String line) {
        HistoryEvent.Builder scheduled =
                HistoryEvent.newBuilder().setEventId(5).setEventType(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED);
        scheduled
                .getActivityTaskScheduledEventAttributesBuilder()
                .setActivityId("a")
                .getActivityTypeBuilder()
                .setName("Host_StartKubelet");
        temporal.addHistory(scheduled.build());
        HostResult failed = new HostResult.HostFailed(
                new Problem(ErrorCode.KUBELET_NOT_STARTED, "it keeps ending"), List.of(), List.of(line));
        HistoryEvent.Builder completed =
                HistoryEvent.newBuilder().setEventId(6).setEventType(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
        completed
                .getActivityTaskCompletedEventAttributesBuilder()
                .setScheduledEventId(5)
                .setResult(Payloads.newBuilder().addPayloads(FakeTemporal.payload(failed)));
        temporal.addHistory(completed.build());
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }

    private int nodejoin(String... words) {
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        return Main.commandLine(
                        terminal, Map.of("TEMPORAL_ADDRESS", temporal.address()), Clock.fixed(NOW, ZoneOffset.UTC))
                .execute(words);
    }
}
