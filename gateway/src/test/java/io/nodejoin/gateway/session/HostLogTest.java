package io.nodejoin.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.protocol.agent.HostLogLine;
import io.nodejoin.protocol.agent.HostLogReport;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.gateway.HostLogPage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HostLogTest {
    private static final UUID AGENT = new UUID(0, 1);
    private static final UUID RESTARTED = new UUID(0, 2);

    private final GatewayTimeouts timeouts = GatewayTimeouts.defaults();
    private final ManualScheduler time = new ManualScheduler();
    private final AgentSession session = new AgentSession(Samples.WORKER_A, timeouts, time::nanoTime, time);

    private static HostLogReport lines(long first, long last) {
        return new HostLogReport(LongStream.rangeClosed(first, last)
                .mapToObj(number -> new HostLogLine(number, Instant.EPOCH, "kubelet.service", "line " + number))
                .toList());
    }

    private List<Long> numbers(HostLogPage page) {
        return page.lines().stream().map(HostLogLine::sequence).toList();
    }

    @Test
    void shouldAskTheAgentForNothingWhileNobodyReads() {
        // given
        CompletableFuture<PollResult> poll = session.poll(AGENT);
        // when
        time.advance(timeouts.poll().minusNanos(1));
        // then
        assertThat(poll).isNotDone();
        assertThat(session.logSecondsRequested()).isZero();
    }

    @Test
    void shouldEndThePendingPollOnceSomebodyBeginsToRead() {
        // given
        CompletableFuture<PollResult> poll = session.poll(AGENT);
        // when
        HostLogPage page = session.readLog(null, 0);
        CompletableFuture<PollResult> next = session.poll(AGENT);
        session.readLog(null, 0);
        // then
        assertThat(page).isEqualTo(new HostLogPage(true, null, List.of()));
        assertThat(poll).isCompletedWithValue(new PollResult.NoCommand());
        assertThat(session.logSecondsRequested()).isEqualTo(15);
        assertThat(next).isNotDone();
    }

    @Test
    void shouldTellAnAgentThatPollsLater() {
        // given
        session.readLog(null, 0);
        // when
        CompletableFuture<PollResult> poll = session.poll(AGENT);
        // then
        assertThat(poll).isCompletedWithValue(new PollResult.NoCommand());
    }

    @Test
    void shouldRepeatTheRequestBeforeItEnds() {
        // given
        session.readLog(null, 0);
        CompletableFuture<PollResult> _ = session.poll(AGENT);
        CompletableFuture<PollResult> poll = session.poll(AGENT);
        // when
        time.advance(Duration.ofSeconds(8));
        // then
        assertThat(poll).isCompletedWithValue(new PollResult.NoCommand());
        assertThat(session.logSecondsRequested()).isEqualTo(15);
    }

    @Test
    void shouldReturnEachLineOnceToAReaderThatSaysWhatItHas() {
        // given
        session.readLog(null, 0);
        session.recordLog(lines(1, 3), AGENT);
        session.recordLog(lines(2, 4), AGENT);
        // when
        HostLogPage first = session.readLog(null, 0);
        HostLogPage next = session.readLog(AGENT, 3);
        // then
        assertThat(first.instance()).isEqualTo(AGENT);
        assertThat(numbers(first)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(numbers(next)).containsExactly(4L);
    }

    @Test
    void shouldBeginAnewWithAnotherAgentProcess() {
        // given
        session.readLog(null, 0);
        session.recordLog(lines(1, 9), AGENT);
        session.recordLog(lines(1, 2), RESTARTED);
        // when
        HostLogPage page = session.readLog(AGENT, 9);
        // then
        assertThat(page.instance()).isEqualTo(RESTARTED);
        assertThat(numbers(page)).containsExactly(1L, 2L);
    }

    @Test
    void shouldKeepTheLastLinesOnly() {
        // given
        session.readLog(null, 0);
        // when
        for (int i = 0; i < 5; i++) {
            session.recordLog(lines(i * 200L + 1, i * 200L + 200), AGENT);
        }
        // then
        assertThat(numbers(session.readLog(null, 0))).hasSize(400).endsWith(1000L);
    }

    @Test
    void shouldIgnoreMoreLinesThanAReportMayHave() {
        // given
        session.readLog(null, 0);
        // when
        session.recordLog(lines(1, 5000), AGENT);
        // then
        assertThat(numbers(session.readLog(null, 0))).hasSize(HostLogReport.MAX_LINES);
    }

    @Test
    void shouldIgnoreWhatNobodyReadsAndForgetWhatNobodyReadsAnyMore() {
        // given
        session.recordLog(lines(1, 1), AGENT);
        HostLogPage unasked = session.readLog(null, 0);
        session.recordLog(lines(2, 2), AGENT);
        // when
        time.advance(Duration.ofMinutes(1));
        HostLogPage later = session.readLog(null, 0);
        // then
        assertThat(unasked.lines()).isEmpty();
        assertThat(later.lines()).isEmpty();
    }

    @Test
    void shouldRedactAndNeutraliseWhatAnAgentSends() {
        // given
        session.readLog(null, 0);
        // when
        session.recordLog(
                new HostLogReport(List.of(new HostLogLine(
                        1, Instant.EPOCH, "kubelet.service\u001b[2J", "Bearer s3cret \u009b31m " + "x".repeat(5000)))),
                AGENT);
        // then
        assertThat(session.readLog(null, 0).lines()).singleElement().satisfies(line -> {
            assertThat(line.unit()).isEqualTo("kubelet.service\uFFFD[2J");
            assertThat(line.text())
                    .startsWith("Bearer <redacted> \uFFFD31m x")
                    .hasSize(HostLogLine.MAX_TEXT)
                    .endsWith("…");
        });
    }
}
