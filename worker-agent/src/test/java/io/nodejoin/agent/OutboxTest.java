package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.gateway.GatewayClient;
import io.nodejoin.agent.gateway.GatewayResponse;
import io.nodejoin.agent.host.Backoff;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostLogReport;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.ProgressReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class OutboxTest {
    private static final GatewayResponse AWAY = new GatewayResponse.Unavailable(ErrorCode.AGENT_UNREACHABLE, "refused");
    private static final ProgressReport PROGRESS =
            new ProgressReport(CommandMilestone.StepCompleted, "step", Instant.EPOCH);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final HostResult RESULT = new HostResult.HostReset(false, null, List.of());

    private final Answering gateway = new Answering();
    private final List<Duration> waits = new ArrayList<>();
    private final Outbox outbox = outbox(new WakeSignal() {
        @Override
        public void await(Duration longest) {
            waits.add(longest);
        }

        @Override
        public void wake() {
            throw new UnsupportedOperationException("nobody waits");
        }
    });

    private Outbox outbox(WakeSignal wakeSignal) {
        return new Outbox(gateway, new Backoff(new Random(1), HOUR, HOUR.multipliedBy(10)), wakeSignal);
    }

    @Test
    void shouldKeepReportsThatTheGatewayDidNotAccept() throws InterruptedException {
        // given
        gateway.answer = AWAY;
        outbox.add("a", PROGRESS);

        // when
        outbox.deliver();

        // then
        assertThat(outbox.hasPending("a")).isTrue();
        assertThat(outbox.hasPending("b")).isFalse();
        assertThat(waits).hasSize(1);
    }

    @Test
    void shouldDropReportsThatTheGatewayAccepted() throws InterruptedException {
        // given
        outbox.add("a", PROGRESS);

        // when
        outbox.deliver();

        // then
        assertThat(outbox.hasPending("a")).isFalse();
        assertThat(waits).isEmpty();
    }

    @Test
    void shouldKeepTheOrderOfRetriedReports() throws InterruptedException {
        // given
        gateway.answer = AWAY;
        outbox.add("a", PROGRESS);
        outbox.add("a", RESULT);
        outbox.deliver();
        gateway.answer = new GatewayResponse.Accepted();

        // when
        outbox.deliver();
        outbox.deliver();

        // then
        assertThat(gateway.asked).containsExactly("progress", "progress", "result");
    }

    @Test
    void shouldBackOffUntilTheGatewayAcceptsAReport() throws InterruptedException {
        // given
        gateway.answer = AWAY;
        outbox.add("a", PROGRESS);
        outbox.add("a", RESULT);
        outbox.deliver();
        outbox.deliver();
        outbox.deliver();
        gateway.answer = new GatewayResponse.Accepted();
        outbox.deliver();
        gateway.answer = AWAY;

        // when
        outbox.deliver();

        // then
        assertThat(waits.get(2)).isGreaterThan(HOUR);
        assertThat(waits.get(3)).isLessThanOrEqualTo(HOUR);
    }

    @Test
    @Timeout(60)
    void shouldEndTheWaitOnceTheGatewayIsAvailable() throws InterruptedException {
        // given
        Outbox waiting = outbox(WakeSignal.create());
        gateway.answer = AWAY;
        waiting.add("a", PROGRESS);

        // when
        waiting.onGatewayReachable();
        waiting.deliver();

        // then
        assertThat(waiting.hasPending("a")).isTrue();
        assertThat(gateway.asked).containsExactly("progress");
    }

    /** Gives one answer to all, until it is given another one. */
    private static final class Answering implements GatewayClient {
        final List<String> asked = new ArrayList<>();
        GatewayResponse answer = new GatewayResponse.Accepted();

        @Override
        public GatewayResponse poll() {
            throw new UnsupportedOperationException("an outbox asks for no command");
        }

        @Override
        public GatewayResponse reportProgress(String assignment, ProgressReport progress) {
            asked.add("progress");
            return answer;
        }

        @Override
        public GatewayResponse reportResult(String assignment, HostResult result) {
            asked.add("result");
            return answer;
        }

        @Override
        public GatewayResponse reportLog(HostLogReport report) {
            return new GatewayResponse.Accepted();
        }

        @Override
        public void close() {
            asked.clear();
        }
    }
}
