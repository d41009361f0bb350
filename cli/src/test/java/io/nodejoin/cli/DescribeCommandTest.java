package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.lifecycle.JoinProgress;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DescribeCommandTest {
    private static final Instant STARTED = Instant.parse("2026-11-25T10:15:30Z");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final FakeTemporal temporal = new FakeTemporal();

    @AfterEach
    void stop() {
        temporal.close();
    }

    private static JoinProgress progress(@Nullable Problem problem, PhaseTime... phases) {
        return new JoinProgress(
                new JoinId(FakeTemporal.joinId(0)),
                new ClusterName("fra-1"),
                new NodeName("w1"),
                phases[phases.length - 1].phase(),
                List.of(phases),
                "its agent",
                STARTED.plusSeconds(840),
                problem);
    }

    private static PhaseTime reached(Phase phase, int seconds) {
        return new PhaseTime(phase, STARTED.plusSeconds(seconds));
    }

    /** Adds an activity that was tried twice, if it failed at first. */
    private void step(long id, String type, int from, int to, @Nullable String failure) {
        HistoryEvent.Builder scheduled = event(id, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, from);
        scheduled
                .getActivityTaskScheduledEventAttributesBuilder()
                .setActivityId("a" + id)
                .getActivityTypeBuilder()
                .setName(type);
        HistoryEvent.Builder started = event(id + 1, EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED, from);
        started.getActivityTaskStartedEventAttributesBuilder()
                .setScheduledEventId(id)
                .setAttempt(failure == null ? 1 : 2);
        if (failure != null) {
            started.getActivityTaskStartedEventAttributesBuilder()
                    .getLastFailureBuilder()
                    .setMessage(failure);
        }
        HistoryEvent.Builder completed = event(id + 2, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, to);
        completed.getActivityTaskCompletedEventAttributesBuilder().setScheduledEventId(id);
        List.of(scheduled, started, completed).forEach(event -> temporal.addHistory(event.build()));
    }

    private static HistoryEvent.Builder event(long id, EventType type, int seconds) {
        return HistoryEvent.newBuilder()
                .setEventId(id)
                .setEventType(type)
                .setEventTime(Timestamp.newBuilder()
                        .setSeconds(STARTED.plusSeconds(seconds).getEpochSecond()));
    }

    @Test
    void shouldFoldWhatIsFineAndOpenWhatIsNot() {
        // given
        temporal.addRun("NodeJoinWorkflow", "w1", "Failed", "CSR_TIMEOUT", STARTED);
        step(11, "Host_Prepare", 1, 4, null);
        step(14, "Csr_Await", 6, 16, "the API server answers 500");
        step(17, "Token_Revoke", 17, 18, null);
        temporal.answerQueriesWith(progress(
                new Problem(ErrorCode.CSR_TIMEOUT, "no CSR of the token's user in 10 s"),
                reached(Phase.Requested, 0),
                reached(Phase.AgentConnected, 1),
                reached(Phase.HostPrepared, 5),
                reached(Phase.TokenIssued, 6),
                reached(Phase.Compensating, 16),
                reached(Phase.Failed, 20)));

        // when
        int exit = describe("fra-1/w1");

        // then
        assertThat(exit).as(err.toString(StandardCharsets.UTF_8)).isEqualTo(ExitCodes.FAILED);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                        fra-1/w1  not joined by Nodejoin
                        └─ join %s  Failed CSR_TIMEOUT, from 2026-11-25T10:15:30Z
                           ├─ ok    Requested, AgentConnected, HostPrepared  6.0 s
                           ├─ FAIL  TokenIssued  10.0 s
                           │  └─ completed  Csr_Await  10.0 s, attempt 2
                           │     └─ last failure: the API server answers 500
                           ├─ undo  Compensating  4.0 s
                           │  └─ ok    Token_Revoke
                           ├─ ok    Failed  0.0 s
                           └─ CSR_TIMEOUT
                              ├─ what   no CSR of the token's user in 10 s
                              ├─ why    %s
                              ├─ check  %s
                              ├─ to do  %s
                              └─ docs   docs/reference/error-codes.md#csr_timeout
                        """.formatted(
                        FakeTemporal.joinId(0),
                        ErrorCode.CSR_TIMEOUT.meaning(),
                        ErrorCode.CSR_TIMEOUT.check(),
                        ErrorCode.CSR_TIMEOUT.remedy()));
    }

    @Test
    void shouldSayWhatARunningJoinWaitsFor() {
        // given
        temporal.addRun("NodeJoinWorkflow", "w1", "Requested", "", STARTED);
        temporal.answerQueriesWith(progress(null, reached(Phase.Requested, 0)));

        // when
        int exit = describe("fra-1/w1", "--show-all");

        // then
        assertThat(exit).as(err.toString(StandardCharsets.UTF_8)).isEqualTo(ExitCodes.STILL_RUNNING);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("waits for  its agent", "until      2026-11-25T10:29:30Z", "now   Requested  120.0 s");
    }

    @Test
    void shouldShowTheStepsWhileTheServiceIsDown() {
        // given
        temporal.addRun("NodeJoinWorkflow", "w1", "HostPrepared", "", STARTED);
        step(11, "Host_Prepare", 1, 4, null);

        // when
        int exit = describe("fra-1/w1", "-o", "json");

        // then
        assertThat(exit).as(err.toString(StandardCharsets.UTF_8)).isEqualTo(ExitCodes.STILL_RUNNING);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("\"name\":\"Host_Prepare\"", "\"serviceProblem\":\"", "\"phase\":\"HostPrepared\"");
    }

    private int describe(String... words) {
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        String[] line = new String[words.length + 1];
        line[0] = "describe";
        System.arraycopy(words, 0, line, 1, words.length);
        return Main.commandLine(
                        terminal,
                        Map.of("TEMPORAL_ADDRESS", temporal.address()),
                        Clock.fixed(STARTED.plusSeconds(120), ZoneOffset.UTC))
                .execute(line);
    }
}
