package io.nodejoin.agent.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.gateway.GatewayResponse;
import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.HostLogLine;
import io.nodejoin.protocol.agent.HostLogReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HostLogFollowerTest {
    private static final GatewayResponse AWAY =
            new GatewayResponse.Unavailable(ErrorCode.AGENT_UNREACHABLE, "no route to host");

    private final AtomicLong nanoTime = new AtomicLong();
    private final LogDemand demand = new LogDemand(nanoTime::get);
    private final List<String> journal = new ArrayList<>();
    private final List<List<String>> commands = new ArrayList<>();
    private final List<HostLogReport> reports = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private GatewayResponse answer = new GatewayResponse.Accepted();
    private boolean cursorIsKnown = true;

    private final HostLogFollower follower = new HostLogFollower(demand, this::journalctl, this::report, pauses::add);

    /** A journal whose cursors are its places. */
    private CommandResult journalctl(List<String> command, Duration timeout) {
        commands.add(command);
        int limit = Integer.parseInt(command.get(command.indexOf("-n") + 1));
        int after = command.stream()
                .filter(argument -> argument.startsWith("--after-cursor="))
                .mapToInt(argument -> Integer.parseInt(argument.substring("--after-cursor=".length())))
                .findFirst()
                .orElse(0);
        if (after > 0 && !cursorIsKnown) {
            return new CommandResult.Exited(1, "Failed to seek to cursor");
        }
        int from = Math.max(after, journal.size() - limit);
        return new CommandResult.Exited(0, String.join("\n", journal.subList(from, journal.size())));
    }

    private GatewayResponse report(HostLogReport report) {
        reports.add(report);
        return answer;
    }

    private void write(String message) {
        journal.add("{\"__CURSOR\":\"" + (journal.size() + 1)
                + "\",\"__REALTIME_TIMESTAMP\":\"1764000000123456\",\"_SYSTEMD_UNIT\":\"kubelet.service\",\"MESSAGE\":"
                + message + "}");
    }

    private void write(int lines) {
        for (int i = 0; i < lines; i++) {
            write("\"line " + (journal.size() + 1) + "\"");
        }
    }

    private List<Long> sequences() {
        return reports.stream()
                .flatMap(report -> report.lines().stream())
                .map(HostLogLine::sequence)
                .toList();
    }

    private List<String> texts() {
        return reports.stream()
                .flatMap(report -> report.lines().stream())
                .map(HostLogLine::text)
                .toList();
    }

    @Test
    void shouldSendTheLinesThatAreThereAndThenTheNewOnes() throws InterruptedException {
        // given
        demand.request(Duration.ofSeconds(15));
        write(2);
        follower.followOnce();
        write(1);

        // when
        follower.followOnce();

        // then
        assertThat(texts()).containsExactly("line 1", "line 2", "line 3");
        assertThat(sequences()).containsExactly(1L, 2L, 3L);
        assertThat(reports.getFirst().lines().getFirst())
                .extracting(HostLogLine::unit, HostLogLine::at)
                .containsExactly("kubelet.service", Instant.parse("2025-11-24T16:00:00.123456Z"));
    }

    @Test
    void shouldReadTheJournalOfKubeletRuntimeAndAgentOnly() throws InterruptedException {
        // given
        demand.request(Duration.ofSeconds(15));

        // when
        follower.followOnce();

        // then
        assertThat(commands)
                .singleElement()
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.list(String.class))
                .startsWith("journalctl")
                .containsSubsequence("-u", "kubelet.service")
                .containsSubsequence("-u", "containerd.service")
                .containsSubsequence("-u", "nodejoin-agent.service");
    }

    @Test
    void shouldSendNothingWhileNothingIsWritten() throws InterruptedException {
        // given
        demand.request(Duration.ofSeconds(15));

        // when
        follower.followOnce();

        // then
        assertThat(reports).isEmpty();
        assertThat(pauses).containsExactly(Duration.ofSeconds(1));
    }

    @Test
    void shouldTellOfLinesThatItLeavesOut() throws InterruptedException {
        // given
        demand.request(Duration.ofSeconds(15));
        write(1);
        follower.followOnce();
        write(HostLogReport.MAX_LINES + 5);

        // when
        follower.followOnce();

        // then
        assertThat(sequences()).hasSize(1 + HostLogReport.MAX_LINES).startsWith(1L, 3L);
        assertThat(texts()).endsWith("line 206");
    }

    @Test
    void shouldBeginAnewWithAGapOnceTheJournalHasForgottenThePlace() throws InterruptedException {
        // given
        demand.request(Duration.ofSeconds(15));
        write(1);
        follower.followOnce();
        cursorIsKnown = false;
        follower.followOnce();

        // when
        follower.followOnce();

        // then
        assertThat(sequences()).containsExactly(1L, 3L);
    }

    @Test
    void shouldBeginWithTheLastLinesForALaterReader() throws InterruptedException {
        // given
        demand.request(Duration.ofSeconds(15));
        write(2);
        follower.followOnce();
        nanoTime.addAndGet(Duration.ofSeconds(16).toNanos());
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                follower.followOnce();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        // when
        while (waiting.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        demand.request(Duration.ofSeconds(15));
        waiting.join();

        // then
        assertThat(texts()).containsExactly("line 1", "line 2", "line 1", "line 2");
        assertThat(sequences()).containsExactly(1L, 2L, 4L, 5L);
    }

    @Test
    void shouldSendAgainWhatTheGatewayHasNotTaken() throws InterruptedException {
        // given
        demand.request(Duration.ofSeconds(15));
        write(1);
        answer = AWAY;
        follower.followOnce();
        answer = new GatewayResponse.Accepted();

        // when
        follower.followOnce();

        // then
        assertThat(sequences()).containsExactly(1L, 1L);
    }

    @Test
    void shouldRedactAndNeutraliseWhatItSends() throws InterruptedException {
        // given
        demand.request(Duration.ofSeconds(15));
        write("\"token abcdef.0123456789abcdef \\u001b]0;owned\\u0007 \\u202etxt\"");
        write("[104, 105, 10, 255]");
        write("null");

        // when
        follower.followOnce();

        // then
        assertThat(texts())
                .containsExactly(
                        "token abcdef.<redacted> \uFFFD]0;owned\uFFFD \uFFFDtxt",
                        "hi\uFFFD\uFFFD",
                        "[a message that is too long for the journal's export]");
    }

    @Test
    void shouldSendLongLinesInSeveralReports() throws InterruptedException {
        // given
        demand.request(Duration.ofSeconds(15));
        for (int i = 0; i < 100; i++) {
            write("\"" + "x".repeat(3000) + "\"");
        }

        // when
        follower.followOnce();

        // then
        assertThat(reports).hasSize(2);
        assertThat(texts()).hasSize(100).allSatisfy(text -> assertThat(text).hasSize(HostLogLine.MAX_TEXT));
    }
}
