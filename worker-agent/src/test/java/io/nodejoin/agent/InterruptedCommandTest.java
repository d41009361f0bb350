package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.ScriptedGatewayClient.ReportedResult;
import io.nodejoin.agent.gateway.GatewayResponse;
import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.kill.HostTree;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a command whose agent ends before it. */
class InterruptedCommandTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(60);
    private static final Instant PAST = NOW.minusSeconds(1);
    private static final HostResult CLEAN = new HostResult.HostReset(false, null, List.of());

    @TempDir
    Path root;

    @TempDir
    Path state;

    private final ScriptedGatewayClient gateway = new ScriptedGatewayClient();
    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private HostPorts host;
    private Map<String, String> before;

    @BeforeEach
    void makeHost() {
        FakeHost temporary = new FakeHost(root);
        temporary.text("/proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n");
        HostPorts ports = temporary.parts();
        host = new HostPorts(
                ports.commands(),
                ports.files(),
                ports.systemd(),
                ports.network(),
                ((InstantSource) now::get).withZone(ZoneOffset.UTC));
        before = HostTree.read(root);
    }

    private static Assignment prepare(long sequence, Instant expiresAt) {
        return AgentHarness.assignment(
                "prepare",
                sequence,
                expiresAt,
                new HostCommand.PrepareHost(HostProfile.CONTAINERD, TlsBootstrap.KUBELET, null, null));
    }

    private static Assignment reset(long sequence, Instant expiresAt) {
        return AgentHarness.assignment("reset", sequence, expiresAt, new HostCommand.ResetHost());
    }

    private void assertStale(ReportedResult told) {
        assertThat(told.assignment()).isEqualTo("prepare");
        assertThat(told.result())
                .isInstanceOfSatisfying(
                        HostResult.HostFailed.class,
                        failed -> assertThat(failed.problem().code()).isEqualTo(ErrorCode.COMMAND_STALE));
        assertThat(HostTree.read(root)).isEqualTo(before);
    }

    @Test
    void shouldContinueAfterARestart() throws InterruptedException {
        try (AgentHarness agent = new AgentHarness(host, gateway, state)) {
            // given
            agent.journal.recordAccepted(prepare(1, LATER));
            gateway.answer(new GatewayResponse.Accepted());

            // when
            agent.start();

            // then
            assertThat(gateway.awaitResult().result()).isInstanceOf(HostResult.HostPrepared.class);
        }
    }

    @Test
    void shouldNotContinueAfterAFollowingReset() throws InterruptedException {
        try (AgentHarness agent = new AgentHarness(host, gateway, state)) {
            // given
            agent.journal.recordAccepted(prepare(1, LATER));
            agent.journal.recordAccepted(reset(2, LATER));
            agent.journal.recordFinished("reset", CLEAN);
            gateway.answer(new GatewayResponse.Accepted());

            // when
            agent.start();

            // then
            assertStale(gateway.awaitResult());
            assertThat(agent.journal.unfinished()).isEmpty();
        }
    }

    @Test
    void shouldNotContinueBeforeTheFollowingReset() throws InterruptedException {
        try (AgentHarness agent = new AgentHarness(host, gateway, state)) {
            // given
            agent.journal.recordAccepted(prepare(1, LATER));
            agent.journal.recordAccepted(reset(2, LATER));

            // when
            agent.start();
            ReportedResult first = gateway.awaitResult();
            gateway.answer(new GatewayResponse.Accepted());

            // then
            assertThat(first).isEqualTo(new ReportedResult("reset", CLEAN));
            assertStale(gateway.awaitResult());
        }
    }

    @Test
    void shouldNotContinueIfTheFirstAssignmentIsAReset() throws InterruptedException {
        try (AgentHarness agent = new AgentHarness(host, gateway, state)) {
            // given
            agent.journal.recordAccepted(prepare(1, LATER));
            gateway.answer(new GatewayResponse.Assigned(reset(2, LATER)));

            // when
            agent.start();

            // then
            List<ReportedResult> told = List.of(gateway.awaitResult(), gateway.awaitResult());
            assertThat(told).contains(new ReportedResult("reset", CLEAN));
            told.stream().filter(result -> !result.assignment().equals("reset")).forEach(this::assertStale);
        }
    }

    @Test
    void shouldNotContinueOnceExpired() throws InterruptedException {
        try (AgentHarness agent = new AgentHarness(host, gateway, state)) {
            // given
            agent.journal.recordAccepted(prepare(1, PAST));
            gateway.answer(new GatewayResponse.Accepted());

            // when
            agent.start();

            // then
            assertStale(gateway.awaitResult());
        }
    }

    @Test
    void shouldExpireByTheClockOfTheGatewayInsteadOfTheHost() throws InterruptedException {
        try (AgentHarness agent = new AgentHarness(host, gateway, state)) {
            // given
            now.set(LATER.plusSeconds(600));
            agent.journal.recordAccepted(prepare(1, LATER));
            gateway.answer(() -> {
                now.set(NOW);
                return new GatewayResponse.Accepted();
            });

            // when
            agent.start();

            // then
            assertThat(gateway.awaitResult().result()).isInstanceOf(HostResult.HostPrepared.class);
        }
    }

    @Test
    void shouldUndoAfterAnyTimeAndWithoutAGateway() throws InterruptedException {
        try (AgentHarness agent = new AgentHarness(host, gateway, state)) {
            // given
            agent.journal.recordAccepted(reset(1, PAST));

            // when
            agent.start();

            // then
            assertThat(gateway.awaitResult()).isEqualTo(new ReportedResult("reset", CLEAN));
        }
    }

    @Test
    void shouldOutliveTheStopOfTheAgent() {
        // given a program that the stop ends, before the agent closes its journal
        CompletableFuture<Thread> command = new CompletableFuture<>();
        HostPorts slow = new HostPorts(
                (words, timeout) -> {
                    if (!words.getFirst().equals("swapoff")) {
                        return host.commands().run(words, timeout);
                    }
                    command.complete(Thread.currentThread());
                    return endedByInterrupt();
                },
                host.files(),
                host.systemd(),
                host.network(),
                host.clock());
        AgentHarness agent = new AgentHarness(slow, gateway, state);
        agent.start();
        gateway.answer(new GatewayResponse.Assigned(prepare(1, LATER)));
        Thread underWay = command.join();
        gateway.beforeClose(() -> awaitEnd(underWay));

        // when
        agent.close();

        // then
        assertThat(gateway.hasNoResult()).isTrue();
        try (AgentHarness next = new AgentHarness(host, gateway, state)) {
            assertThat(next.journal.unfinished()).containsExactly(prepare(1, LATER));
        }
    }

    private static CommandResult endedByInterrupt() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return new CommandResult.Exited(143, "");
    }

    private static void awaitEnd(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
