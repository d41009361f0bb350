package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.gateway.GatewayResponse;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.kill.HostTree;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AgentTest {
    private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");
    private static final Instant PAST = Instant.parse("2020-01-01T00:00:00Z");
    private static final HostCommand PREPARE =
            new HostCommand.PrepareHost(HostProfile.CONTAINERD, TlsBootstrap.KUBELET, null, null);
    private static final HostResult CLEAN = new HostResult.HostReset(false, null, List.of());

    @TempDir
    Path root;

    @TempDir
    Path state;

    private final ScriptedGatewayClient gateway = new ScriptedGatewayClient();
    private FakeHost host;
    private Map<String, String> before;
    private AgentHarness agent;

    @BeforeEach
    void startAgent() {
        host = new FakeHost(root);
        before = HostTree.read(root);
        agent = new AgentHarness(host.parts(), gateway, state);
        agent.start();
    }

    @AfterEach
    void stopAgent() {
        agent.close();
    }

    private static Assignment assignment(String id, long sequence, Instant expiresAt) {
        return AgentHarness.assignment(id, sequence, expiresAt, PREPARE);
    }

    private static Assignment reset(String id, long sequence) {
        return AgentHarness.assignment(id, sequence, LATER, new HostCommand.ResetHost());
    }

    private HostResult answerTo(Assignment assignment) throws InterruptedException {
        gateway.answer(new GatewayResponse.Assigned(assignment));
        return gateway.awaitResult().result();
    }

    private static void assertRefused(HostResult result, ErrorCode code) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        HostResult.HostFailed.class,
                        failed -> assertThat(failed.problem().code()).isEqualTo(code));
    }

    @Test
    void shouldReportTheRecordedResultOfARepeatedAssignment() throws InterruptedException {
        // given
        HostResult first = answerTo(assignment("a", 1, LATER));

        // when
        HostResult second = answerTo(assignment("a", 1, LATER));

        // then
        assertThat(first).isInstanceOf(HostResult.HostPrepared.class).isEqualTo(second);
    }

    @Test
    void shouldRejectARepeatedAssignmentWhoseResultIsNoLongerRecorded() throws InterruptedException {
        // given
        answerTo(assignment("a", 1, LATER));
        for (int sequence = 2; sequence < 20; sequence++) {
            answerTo(reset("reset " + sequence, sequence));
        }

        // when
        HostResult result = answerTo(assignment("a", 1, LATER));

        // then
        assertRefused(result, ErrorCode.COMMAND_STALE);
        assertThat(HostTree.read(root)).isEqualTo(before);
    }

    @Test
    void shouldRefuseAssignmentOfAnotherNode() throws InterruptedException {
        // when
        HostResult result = answerTo(foreign("a"));

        // then
        assertRefused(result, ErrorCode.AGENT_IDENTITY_MISMATCH);
    }

    @Test
    void shouldRefuseExpiredAssignment() throws InterruptedException {
        // when
        HostResult result = answerTo(assignment("a", 1, PAST));

        // then
        assertRefused(result, ErrorCode.COMMAND_STALE);
    }

    @Test
    void shouldRefuseAssignmentOlderThanTheNewestSeen() throws InterruptedException {
        // given
        answerTo(assignment("a", 5, LATER));

        // when
        HostResult result = answerTo(assignment("b", 4, LATER));

        // then
        assertRefused(result, ErrorCode.COMMAND_STALE);
    }

    @Test
    void shouldRejectAnUnknownCommand() throws InterruptedException {
        // given
        gateway.answer(new GatewayResponse.Unreadable("a", "verb EXEC"));

        // when
        HostResult result = gateway.awaitResult().result();

        // then
        assertRefused(result, ErrorCode.COMMAND_UNKNOWN);
    }

    @Test
    void shouldRejectAnAssignmentThatCannotBeRecordedAndContinuePolling() throws InterruptedException {
        // given a journal that takes nothing any more
        agent.journal.close();

        // when
        HostResult first = answerTo(assignment("a", 1, LATER));
        HostResult second = answerTo(assignment("b", 2, LATER));

        // then
        assertRefused(first, ErrorCode.HOST_DISK_FULL);
        assertRefused(second, ErrorCode.HOST_DISK_FULL);
        assertThat(root.resolve("etc/kubernetes")).doesNotExist();
    }

    @Test
    void shouldUndoAlthoughItCannotBeRecorded() throws InterruptedException {
        // given
        answerTo(assignment("a", 1, LATER));
        agent.journal.close();

        // when
        HostResult first = answerTo(reset("b", 2));
        HostResult second = answerTo(reset("b", 2));

        // then
        assertThat(first).isEqualTo(CLEAN).isEqualTo(second);
        assertThat(HostTree.read(root)).isEqualTo(before);
    }

    @Test
    void shouldRejectAssignmentsOlderThanAResetThatCouldNotBeRecorded() throws InterruptedException {
        // given
        agent.journal.close();
        answerTo(reset("b", 2));

        // when
        HostResult result = answerTo(assignment("a", 1, LATER));

        // then
        assertRefused(result, ErrorCode.COMMAND_STALE);
    }

    static List<GatewayResponse> answeredAtOnce() {
        return List.of(new GatewayResponse.Assigned(foreign("a")), new GatewayResponse.Unreadable("a", "verb EXEC"));
    }

    @ParameterizedTest
    @MethodSource("answeredAtOnce")
    void shouldNeitherAccumulateResultsNorPollWithoutPauseWhileReportsFail(GatewayResponse repeated)
            throws InterruptedException {
        // given
        CountDownLatch back = new CountDownLatch(1);
        gateway.delayResultsUntil(back);
        List<Duration> waits = new ArrayList<>();

        // when
        gateway.answer(repeated);
        gateway.awaitDelivery();
        gateway.answer(repeated);
        for (int question = 0; question < 3; question++) {
            gateway.answer(repeated);
            waits.add(nextWait());
        }
        gateway.answer(new GatewayResponse.Assigned(foreign("b")));
        back.countDown();

        // then
        assertThat(List.of(gateway.awaitResult(), gateway.awaitResult(), gateway.awaitResult()))
                .extracting(ScriptedGatewayClient.ReportedResult::assignment)
                .containsExactly("a", "a", "b");
        assertThat(waits.getFirst()).isBetween(Duration.ofMillis(25), Duration.ofMillis(50));
        assertThat(waits.getLast()).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
    }

    @Test
    void shouldSendPendingReportsAsSoonAsTheGatewayIsAvailable() throws InterruptedException {
        // given
        gateway.answer(new GatewayResponse.Unavailable(ErrorCode.AGENT_UNREACHABLE, "connection refused"));
        gateway.answer(new GatewayResponse.NoJoinYet());
        nextWait();
        nextWait();
        int before = agent.rings.availablePermits();

        // when
        gateway.answer(new GatewayResponse.Accepted());

        // then
        assertThat(before).isZero();
        agent.rings.acquire();
    }

    private static Assignment foreign(String id) {
        return new Assignment(id, JoinId.of("test", "1"), new NodeName("w2"), 1, 1, LATER, PREPARE);
    }

    private Duration nextWait() throws InterruptedException {
        return Objects.requireNonNull(agent.pauses.poll(30, TimeUnit.SECONDS), "the agent asked again at once");
    }

    @Test
    void shouldLeaveTheProblemOfACommandOnTheMachineUntilTheJoinSucceeds() throws InterruptedException {
        // given
        Path error = root.resolve("run/cluster-api/bootstrap-error.log");
        HostCommand preflight = new HostCommand.Preflight(
                HostProfile.CONTAINERD,
                "v1.37.2",
                URI.create("https://10.0.0.1:6443"),
                null,
                List.of(new ArtifactDigest("sha256:" + "0a".repeat(32))),
                null,
                null);

        // when
        HostResult result = answerTo(AgentHarness.assignment("a", 1, LATER, preflight));

        // then
        assertThat(result)
                .isInstanceOfSatisfying(
                        HostResult.HostFailed.class,
                        failed -> assertThat(error).hasContent(failed.problem().toLine()));
        gateway.answer(new GatewayResponse.Joined());
        assertThat(agent.join()).isTrue();
        assertThat(error).doesNotExist();
    }

    @Test
    void shouldEndOnceItsJoinHasSucceeded() throws InterruptedException {
        // given
        gateway.answer(new GatewayResponse.Joined());

        // when
        boolean sound = agent.join();

        // then
        assertThat(sound).isTrue();
        assertThat(root.resolve("run/cluster-api/bootstrap-success.complete")).hasContent("success");
    }

    @Test
    @Timeout(30)
    void shouldEndAsFailedOnceOneOfItsLoopsFails() throws InterruptedException {
        // given
        gateway.answer(() -> {
            throw new OutOfMemoryError("unable to create native thread");
        });

        // when
        boolean sound = agent.join();

        // then
        assertThat(sound).isFalse();
    }

    @Test
    @Timeout(30)
    void shouldEndAsFailedOnceAResultCannotBeRecordedOrReported() throws InterruptedException {
        // given
        Logger log = Logger.getLogger(Agent.class.getName());
        Handler broken = new BrokenHandler("ended: ");
        log.addHandler(broken);
        try {
            gateway.answer(new GatewayResponse.Assigned(assignment("a", 1, LATER)));

            // when
            boolean sound = agent.join();

            // then
            assertThat(sound).isFalse();
            assertThat(agent.journal.isUnfinished("a")).isTrue();
        } finally {
            log.removeHandler(broken);
        }
    }

    /** Cannot say what has these words. */
    private static final class BrokenHandler extends Handler {
        private final String words;

        BrokenHandler(String words) {
            this.words = words;
        }

        @Override
        public void publish(LogRecord told) {
            if (told.getMessage().contains(words)) {
                throw new NoClassDefFoundError("io/nodejoin/agent/Missing");
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Test
    void shouldReportTheResultOfACommandThatThrowsAnError() throws InterruptedException {
        // given
        answerTo(assignment("a", 1, LATER));
        host.whenReloaded(() -> {
            throw new NoClassDefFoundError("io/nodejoin/agent/Missing");
        });

        // when
        HostResult result = answerTo(reset("b", 2));

        // then
        assertRefused(result, ErrorCode.INTERNAL);
    }

    @Test
    void shouldContinuePollingAfterAnUnexpectedException() throws InterruptedException {
        // given
        gateway.answer(() -> {
            throw new UncheckedIOException(new IOException("Input/output error"));
        });

        // when
        HostResult result = answerTo(assignment("a", 1, LATER));

        // then
        assertThat(result).isInstanceOf(HostResult.HostPrepared.class);
        assertThat(agent.pauses).isNotEmpty();
    }

    @Test
    void shouldBackOffWhileTheGatewayIsUnavailable() throws InterruptedException {
        // when
        List<Duration> waits = waitsAfterQuestionsOf(Duration.ofMillis(5));

        // then
        assertThat(waits.getLast()).isGreaterThan(Agent.MIN_BACKOFF.multipliedBy(10));
    }

    @Test
    void shouldPollAgainSoonIfAGatewayDiesDuringThePoll() throws InterruptedException {
        // when
        List<Duration> waits = waitsAfterQuestionsOf(Duration.ofSeconds(7));

        // then
        assertThat(waits).allSatisfy(wait -> assertThat(wait).isLessThanOrEqualTo(Agent.MIN_BACKOFF));
    }

    private List<Duration> waitsAfterQuestionsOf(Duration length) throws InterruptedException {
        List<Duration> waits = new ArrayList<>();
        for (int question = 0; question < 6; question++) {
            gateway.answer(() -> {
                agent.nanoTime.addAndGet(length.toNanos());
                return new GatewayResponse.Unavailable(ErrorCode.AGENT_UNREACHABLE, "connection reset");
            });
            waits.add(nextWait());
        }
        return waits;
    }
}
