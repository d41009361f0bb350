package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.ScriptedGateway.Told;
import io.nodejoin.agent.gateway.GatewayAnswer;
import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.HostParts;
import io.nodejoin.agent.host.TemporaryHost;
import io.nodejoin.agent.kill.HostTree;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.join.HostProfile;
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

    private final ScriptedGateway gateway = new ScriptedGateway();
    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private HostParts host;
    private Map<String, String> before;

    @BeforeEach
    void makeHost() {
        TemporaryHost temporary = new TemporaryHost(root);
        temporary.text("/proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n");
        HostParts parts = temporary.parts();
        host = new HostParts(
                parts.commands(),
                parts.files(),
                parts.systemd(),
                parts.network(),
                ((InstantSource) now::get).withZone(ZoneOffset.UTC));
        before = HostTree.of(root);
    }

    private static Assignment prepare(long sequence, Instant expiresAt) {
        return AgentProcess.assignment(
                "prepare", sequence, expiresAt, new HostCommand.PrepareHost(HostProfile.CONTAINERD, null, null));
    }

    private static Assignment reset(long sequence, Instant expiresAt) {
        return AgentProcess.assignment("reset", sequence, expiresAt, new HostCommand.ResetHost());
    }

    private void assertStale(Told told) {
        assertThat(told.assignment()).isEqualTo("prepare");
        assertThat(told.result())
                .isInstanceOfSatisfying(
                        HostResult.HostFailed.class,
                        failed -> assertThat(failed.problem().code()).isEqualTo(ErrorCode.COMMAND_STALE));
        assertThat(HostTree.of(root)).isEqualTo(before);
    }

    @Test
    void shouldGoOnAfterTheNextStart() throws InterruptedException {
        try (AgentProcess agent = new AgentProcess(host, gateway, state)) {
            // given
            agent.journal.accepted(prepare(1, LATER));
            gateway.answer(new GatewayAnswer.Accepted());

            // when
            agent.start();

            // then
            assertThat(gateway.awaitResult().result()).isInstanceOf(HostResult.HostPrepared.class);
        }
    }

    @Test
    void shouldNotGoOnOnceAResetHasFollowedIt() throws InterruptedException {
        try (AgentProcess agent = new AgentProcess(host, gateway, state)) {
            // given
            agent.journal.accepted(prepare(1, LATER));
            agent.journal.accepted(reset(2, LATER));
            agent.journal.finished("reset", CLEAN);
            gateway.answer(new GatewayAnswer.Accepted());

            // when
            agent.start();

            // then
            assertStale(gateway.awaitResult());
            assertThat(agent.journal.unfinished()).isEmpty();
        }
    }

    @Test
    void shouldNotGoOnBeforeTheResetThatFollowsIt() throws InterruptedException {
        try (AgentProcess agent = new AgentProcess(host, gateway, state)) {
            // given
            agent.journal.accepted(prepare(1, LATER));
            agent.journal.accepted(reset(2, LATER));

            // when
            agent.start();
            Told first = gateway.awaitResult();
            gateway.answer(new GatewayAnswer.Accepted());

            // then
            assertThat(first).isEqualTo(new Told("reset", CLEAN));
            assertStale(gateway.awaitResult());
        }
    }

    @Test
    void shouldNotGoOnWhenTheFirstAnswerOfTheGatewayIsAReset() throws InterruptedException {
        try (AgentProcess agent = new AgentProcess(host, gateway, state)) {
            // given
            agent.journal.accepted(prepare(1, LATER));
            gateway.answer(new GatewayAnswer.Assigned(reset(2, LATER)));

            // when
            agent.start();

            // then
            List<Told> told = List.of(gateway.awaitResult(), gateway.awaitResult());
            assertThat(told).contains(new Told("reset", CLEAN));
            told.stream().filter(result -> !result.assignment().equals("reset")).forEach(this::assertStale);
        }
    }

    @Test
    void shouldNotGoOnOnceItHasExpired() throws InterruptedException {
        try (AgentProcess agent = new AgentProcess(host, gateway, state)) {
            // given
            agent.journal.accepted(prepare(1, PAST));
            gateway.answer(new GatewayAnswer.Accepted());

            // when
            agent.start();

            // then
            assertStale(gateway.awaitResult());
        }
    }

    @Test
    void shouldExpireByTheTimeOfTheGatewayAndNotOfTheHost() throws InterruptedException {
        try (AgentProcess agent = new AgentProcess(host, gateway, state)) {
            // given
            now.set(LATER.plusSeconds(600));
            agent.journal.accepted(prepare(1, LATER));
            gateway.answer(() -> {
                now.set(NOW);
                return new GatewayAnswer.Accepted();
            });

            // when
            agent.start();

            // then
            assertThat(gateway.awaitResult().result()).isInstanceOf(HostResult.HostPrepared.class);
        }
    }

    @Test
    void shouldTakeBackHoweverLateAndWithoutAGateway() throws InterruptedException {
        try (AgentProcess agent = new AgentProcess(host, gateway, state)) {
            // given
            agent.journal.accepted(reset(1, PAST));

            // when
            agent.start();

            // then
            assertThat(gateway.awaitResult()).isEqualTo(new Told("reset", CLEAN));
        }
    }

    @Test
    void shouldNotEndByTheStopOfItsAgent() {
        // given a program that the stop ends, before the agent closes its journal
        CompletableFuture<Thread> command = new CompletableFuture<>();
        HostParts slow = new HostParts(
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
        AgentProcess agent = new AgentProcess(slow, gateway, state);
        agent.start();
        gateway.answer(new GatewayAnswer.Assigned(prepare(1, LATER)));
        Thread underWay = command.join();
        gateway.beforeClose(() -> awaitEnd(underWay));

        // when
        agent.close();

        // then
        assertThat(gateway.isToldNothing()).isTrue();
        try (AgentProcess next = new AgentProcess(host, gateway, state)) {
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
