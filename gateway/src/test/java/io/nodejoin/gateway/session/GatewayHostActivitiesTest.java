package io.nodejoin.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.FakeAuditLog;
import io.nodejoin.gateway.Samples;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.HostMark;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.Progress;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.host.HostActivities;
import io.nodejoin.workflows.wire.Payloads;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GatewayHostActivitiesTest {
    private static final String A1 = Samples.id(Samples.WORKER_A, "a-1");
    private static final UUID AGENT = new UUID(0, 1);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FakeAuditLog audit = new FakeAuditLog();
    private final Mailboxes mailboxes = new Mailboxes(Samples.times(), System::nanoTime);
    private final NodeMailbox mailbox = mailboxes.of(Samples.WORKER_A);
    private final TestActivityEnvironment environment =
            TestActivityEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(Payloads.converter())
                            .build())
                    .build());
    private HostActivities activities;

    @BeforeEach
    void register() {
        environment.registerActivitiesImplementations(
                new GatewayHostActivities(mailboxes, new GatewayMetrics(registry, mailboxes), audit));
        activities = environment.newActivityStub(
                HostActivities.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofSeconds(60))
                        .setHeartbeatTimeout(Duration.ofSeconds(1))
                        .build());
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void shouldReturnTheResultOfTheAgent() {
        // given
        var fetched = mailbox.poll(AGENT).thenAcceptAsync(_ -> mailbox.ended(A1, Samples.reset(), AGENT));
        // when
        HostResult result = activities.resetHost(Samples.order(Samples.WORKER_A, "a-1"));
        // then
        assertThat(fetched).isCompleted();
        assertThat(result).isEqualTo(Samples.reset());
        assertThat(registry.counter("nodejoin_gateway_assignments_total", "verb", "ResetHost", "result", "HostReset")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shouldRecordTheCommandBeforeItIsHandedOut() {
        // given
        List<List<AuditEntry>> recordedAtDelivery = new CopyOnWriteArrayList<>();
        var fetched = mailbox.poll(AGENT).thenAccept(_ -> {
            recordedAtDelivery.add(audit.entries());
            mailbox.ended(A1, Samples.reset(), AGENT);
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
        CompletableFuture<PollAnswer> poll = mailbox.poll(AGENT);
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
        CompletableFuture<PollAnswer> poll = mailbox.poll(AGENT);
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
        mailbox.ended(A1, Samples.reset(), AGENT);
        // when
        HostResult result = activities.resetHost(Samples.order(Samples.WORKER_A, "a-1"));
        // then
        assertThat(result).isEqualTo(Samples.reset());
    }

    @Test
    void shouldHeartbeatWithTheAgentsProgress() {
        // given
        List<Progress> beats = new CopyOnWriteArrayList<>();
        environment.setActivityHeartbeatListener(Progress.class, beat -> {
            if (beat != null) {
                beats.add(beat);
                mailbox.ended(A1, Samples.reset(), AGENT);
            }
        });
        Progress swapOff = Samples.progress(HostMark.StepDone, "swap-off");
        var fetched = mailbox.poll(AGENT).thenAcceptAsync(_ -> mailbox.progressed(A1, swapOff, AGENT));
        // when
        activities.prepareHost(Samples.order(Samples.WORKER_A, "a-1"));
        // then
        assertThat(fetched).isCompleted();
        assertThat(beats).isNotEmpty().allMatch(swapOff::equals);
    }

    @Test
    void shouldFailAsUnreachableWhenNoAgentComes() {
        // given no agent
        // when
        Throwable thrown = catchThrowable(() -> activities.preflight(Samples.order(Samples.WORKER_A, "a-1")));
        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.UNAVAILABLE);
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.AGENT_UNREACHABLE);
    }

    @Test
    void shouldFailAsUnreachableWhenTheAgentFallsSilent() {
        // given
        var fetched = mailbox.poll(AGENT)
                .thenAcceptAsync(_ -> mailbox.progressed(A1, Samples.progress(HostMark.StepDone, "swap-off"), AGENT));
        // when
        Throwable thrown = catchThrowable(() -> activities.prepareHost(Samples.order(Samples.WORKER_A, "a-1")));
        // then
        assertThat(fetched).isCompleted();
        assertThat(Failures.problemOf(thrown).detail()).contains("silent").contains("prod/worker-a");
    }

    @Test
    void shouldWithdrawTheAssignmentWhenCancelled() {
        // given
        CompletableFuture<Void> cancelled =
                mailbox.poll(AGENT).thenAcceptAsync(_ -> environment.requestCancelActivity());
        NodeMailbox.Session before = mailbox.session().orElseThrow();
        // when
        assertThatThrownBy(() -> activities.resetHost(Samples.order(Samples.WORKER_A, "a-1")))
                .isInstanceOf(CanceledFailure.class);
        // then
        assertThat(cancelled).isCompleted();
        await().untilAsserted(() -> assertThat(
                        Objects.requireNonNull(registry.find("nodejoin_gateway_assignments_total")
                                        .tag("result", "withdrawn")
                                        .counter())
                                .count())
                .isEqualTo(1));
        assertThat(mailbox.poll(AGENT)).isNotDone();
        assertThat(mailbox.session()).get().isNotEqualTo(before);
    }
}
