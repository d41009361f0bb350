package io.nodejoin.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.FakeAuditLog;
import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.gateway.temporal.FakeJoinWorkflows;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.ProgressReport;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.hostcommand.HostActivities;
import io.nodejoin.workflows.hostcommand.HostCommandRequest;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GatewayHostActivitiesTest {
    private static final String A1 = Samples.id(Samples.WORKER_A, "a-1");
    private static final UUID AGENT = new UUID(0, 1);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FakeAuditLog audit = new FakeAuditLog();
    private final GatewayTimeouts timeouts = GatewayTimeouts.defaults();
    private final ManualScheduler time = new ManualScheduler();
    private final AgentSessions sessions = new AgentSessions(timeouts, time::nanoTime, time);
    private final AgentSession session = sessions.session(Samples.WORKER_A);
    private final TestActivityEnvironment environment =
            TestActivityEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(DataConverters.dataConverter())
                            .build())
                    .build());
    private HostActivities activities;

    @BeforeEach
    void register() {
        environment.registerActivitiesImplementations(new GatewayHostActivities(
                sessions,
                new AgentPresence(
                        new FakeJoinWorkflows(),
                        Samples.unlimited(),
                        Samples.news(1),
                        "gateway",
                        new UUID(0, 2),
                        Runnable::run,
                        time),
                Samples.unlimited(),
                new GatewayMetrics(registry, sessions),
                audit,
                time));
        activities = environment.newActivityStub(
                HostActivities.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofSeconds(60))
                        .setHeartbeatTimeout(Duration.ofMillis(100))
                        .build());
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void shouldReturnTheResultOfTheAgent() {
        // given
        var fetched = session.poll(AGENT).thenAccept(_ -> session.recordResult(A1, Samples.reset(), AGENT));
        // when
        HostResult result = activities.resetHost(Samples.order(Samples.WORKER_A, "a-1"));
        // then
        assertThat(fetched).isCompleted();
        assertThat(result).isEqualTo(Samples.reset());
        assertThat(registry.counter("nodejoin_gateway_assignments", "verb", "ResetHost", "result", "HostReset")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shouldRecordTheCommandBeforeItIsHandedOut() {
        // given
        List<List<AuditEntry>> recordedAtDelivery = new CopyOnWriteArrayList<>();
        var fetched = session.poll(AGENT).thenAccept(_ -> {
            recordedAtDelivery.add(audit.entries());
            session.recordResult(A1, Samples.reset(), AGENT);
        });
        // when
        activities.resetHost(Samples.order(Samples.WORKER_A, "a-1"));
        // then
        assertThat(fetched).isCompleted();
        assertThat(recordedAtDelivery)
                .singleElement()
                .satisfies(entries -> assertThat(entries).singleElement().satisfies(entry -> {
                    assertThat(entry.action()).isEqualTo("host.command");
                    assertThat(entry.object()).isEqualTo("nodes/worker-a/assignments/" + A1);
                    assertThat(entry.join()).isEqualTo(Samples.WORKER_A.join().value());
                    assertThat(entry.results())
                            .containsEntry("verb", "ResetHost")
                            .containsEntry("sequence", "1");
                }));
    }

    @Test
    void shouldHandOutNothingThatCannotBeRecorded() {
        // given
        CompletableFuture<PollResult> poll = session.poll(AGENT);
        audit.fail();
        // when
        Throwable thrown = catchThrowable(() -> activities.resetHost(Samples.order(Samples.WORKER_A, "a-1")));
        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.UNAVAILABLE);
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.AUDIT_UNAVAILABLE);
        assertThat(poll).isNotDone();
    }

    @Test
    void shouldHandOutNothingIfItIsCancelledWhileADiskHoldsUpTheRecord() {
        // given
        CompletableFuture<PollResult> poll = session.poll(AGENT);
        audit.whileRecording(environment::requestCancelActivity);
        // when
        Throwable thrown = catchThrowable(() -> activities.prepareHost(Samples.order(Samples.WORKER_A, "a-1")));
        // then
        assertThat(thrown).isInstanceOf(CanceledFailure.class);
        assertThat(poll).isNotDone();
    }

    @Test
    void shouldAnswerRepeatedAssignmentFromTheKnownResult() {
        // given
        session.recordResult(A1, Samples.reset(), AGENT);
        // when
        HostResult result = activities.resetHost(Samples.order(Samples.WORKER_A, "a-1"));
        // then
        assertThat(result).isEqualTo(Samples.reset());
    }

    @Test
    void shouldHeartbeatWithTheAgentsProgress() {
        // given
        List<ProgressReport> beats = new CopyOnWriteArrayList<>();
        environment.setActivityHeartbeatListener(ProgressReport.class, beat -> {
            if (beat != null) {
                beats.add(beat);
                session.recordResult(A1, Samples.reset(), AGENT);
            }
        });
        ProgressReport swapOff = Samples.progress(CommandMilestone.StepCompleted, "swap-off");
        // when
        Throwable thrown =
                passTimeUntilEndOf(activities::prepareHost, () -> session.recordProgress(A1, swapOff, AGENT));
        // then
        assertThat(thrown).isNull();
        assertThat(beats).isNotEmpty().allMatch(swapOff::equals);
    }

    @Test
    void shouldFailAsUnreachableWhenNoAgentComes() {
        // given no agent
        // when
        Throwable thrown = passTimeUntilEndOf(activities::preflight, () -> {});
        // then
        assertThat(time.nanoTime()).isGreaterThan(timeouts.livenessTimeout().toNanos());
        assertThat(Failures.typeOf(thrown)).contains(FailureType.UNAVAILABLE);
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.AGENT_UNREACHABLE);
    }

    @Test
    void shouldFailAsUnreachableWhenTheAgentDoesNotTakeWhatItIsOffered() {
        // given
        CompletableFuture<PollResult> lost = session.poll(AGENT);
        // when
        Throwable thrown = passTimeUntilEndOf(activities::preflight, () -> {});
        // then
        assertThat(lost).isCompleted();
        assertThat(time.nanoTime()).isGreaterThan(timeouts.fetchTimeout().toNanos());
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.AGENT_UNREACHABLE);
    }

    @Test
    void shouldFailAsUnreachableWhenTheAgentFallsSilent() {
        // given
        var fetched = session.poll(AGENT)
                .thenAccept(_ -> session.recordProgress(
                        A1, Samples.progress(CommandMilestone.StepCompleted, "swap-off"), AGENT));
        // when
        Throwable thrown = passTimeUntilEndOf(activities::prepareHost, () -> {});
        // then
        assertThat(fetched).isCompleted();
        assertThat(time.nanoTime()).isGreaterThan(timeouts.livenessTimeout().toNanos());
        assertThat(Failures.problemOf(thrown).detail())
                .contains("stopped responding")
                .contains("prod/worker-a");
    }

    @Test
    void shouldWithdrawTheAssignmentWhenCancelled() {
        // given
        CompletableFuture<Void> cancelled = session.poll(AGENT).thenAccept(_ -> environment.requestCancelActivity());
        AgentSession.Connection before = session.connection().orElseThrow();
        // when
        Throwable thrown = passTimeUntilEndOf(
                activities::resetHost,
                () -> session.recordProgress(A1, Samples.progress(CommandMilestone.StepCompleted, "swap-off"), AGENT));
        // then
        assertThat(thrown).isInstanceOf(CanceledFailure.class);
        assertThat(cancelled).isCompleted();
        await().untilAsserted(() -> assertThat(Objects.requireNonNull(registry.find("nodejoin_gateway_assignments")
                                .tag("result", "withdrawn")
                                .counter())
                        .count())
                .isEqualTo(1));
        assertThat(session.poll(AGENT)).isNotDone();
        assertThat(session.connection()).get().isNotEqualTo(before);
    }

    /**
     * Sends the command, then passes a second of virtual time again and again; the agent does this each second. Returns
     * what the command throws, or null.
     */
    private Throwable passTimeUntilEndOf(Consumer<HostCommandRequest> command, Runnable agent) {
        CompletableFuture<Throwable> ended = CompletableFuture.supplyAsync(
                () -> catchThrowable(() -> command.accept(Samples.order(Samples.WORKER_A, "a-1"))),
                Thread::startVirtualThread);
        await().pollInterval(Duration.ofMillis(1)).until(() -> !session.isUnknownResult(A1));
        await().pollInterval(Duration.ofMillis(1)).until(() -> {
            agent.run();
            time.advance(Duration.ofSeconds(1));
            return ended.isDone();
        });
        return ended.join();
    }
}
