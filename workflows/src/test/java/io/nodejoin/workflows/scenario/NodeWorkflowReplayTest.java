package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.workflows.NodeWorkflowRegistration;
import io.nodejoin.workflows.drain.DrainResult;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.hostcommand.MilestoneReport;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.lifecycle.LeaveRequest;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeLeaveWorkflow;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Replays histories of earlier builds. {@code -Dnodejoin.record=true} records those of this build anew, which is right
 * only as long as no release has run them. Those in {@code histories/server} are the demo's, read by
 * {@code temporal workflow show --output json}.
 */
class NodeWorkflowReplayTest {
    private static final Path HISTORIES = Path.of("src", "test", "resources", "histories");

    /** A busy build machine may delay a workflow thread for seconds, which is no deadlock. */
    private static final WorkerOptions WORKER_OPTIONS = WorkerOptions.newBuilder()
            .setDefaultDeadlockDetectionTimeout(60_000)
            .build();

    private static final TestWorkflowEnvironment ENVIRONMENT =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(DataConverters.dataConverter())
                            .build())
                    .build());

    private static final Worker TODAY = ENVIRONMENT.newWorker("today", WORKER_OPTIONS);
    private static final Worker OTHER = ENVIRONMENT.newWorker("other", WORKER_OPTIONS);

    static {
        NodeWorkflowRegistration.register(TODAY);
        OTHER.registerWorkflowImplementationTypes(DivergingJoin.class, DivergingLeave.class);
    }

    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @AfterAll
    static void close() {
        ENVIRONMENT.close();
    }

    enum Scenario {
        joined,
        connectedByEnrollment,
        served,
        rejoined,
        failed,
        secondAttempt,
        cancelled,
        superseded,
        apiServerUnreachable,
        leaveSucceeded,
        leaveDrainBlocked,
        leaveForced,
        leaveAborted,
        leaveHostGone;

        String resource() {
            return "histories/" + name() + ".json";
        }

        private void play(WorkflowFixture fixture) {
            switch (this) {
                case joined, connectedByEnrollment -> {}
                case rejoined -> fixture.withRejoin().cluster.nodes.put("w1", "uid-before");
                case served -> fixture.withServingCertificate("10.0.0.7", "2001:db8::7");
                case failed -> fixture.failKubeletStart("port is taken").withoutRetry();
                case secondAttempt -> fixture.failKubeletStart("port is taken");
                case superseded -> fixture.script.before("Node_AwaitRegistered", () -> fixture.supersede("event-2", 1));
                case apiServerUnreachable ->
                    fixture.script.answer(
                            "Host_Preflight",
                            FakeHost.failed(ErrorCode.HOST_CANNOT_REACH_API_SERVER, "api-server: no connection"));
                case cancelled -> fixture.script.before("Node_AwaitRegistered", fixture::abort);
                case leaveSucceeded, leaveHostGone -> fixture.addJoinedNode();
                case leaveDrainBlocked, leaveForced -> {
                    fixture.addJoinedNode();
                    fixture.script.answer("Drain_Evict", new DrainResult.Blocked(List.of("default/web-0: no budget")));
                }
                case leaveAborted -> {
                    fixture.addJoinedNode();
                    fixture.script.before("Drain_Evict", fixture::abort);
                }
            }
            switch (this) {
                case joined, served, rejoined, failed, secondAttempt, cancelled, superseded, apiServerUnreachable ->
                    agentComes(fixture.start());
                case connectedByEnrollment -> {
                    fixture.start().sleep(Duration.ofSeconds(1));
                    fixture.enrollThrough(WorkflowFixture.REPLICA);
                }
                case leaveSucceeded -> agentComes(fixture.leave(leave(null, null)));
                case leaveForced -> agentComes(fixture.leave(leave(true, null)));
                case leaveDrainBlocked, leaveAborted -> fixture.leave(leave(null, null));
                case leaveHostGone -> fixture.leave(leave(null, true));
            }
        }

        /** Connects the agent after the first workflow task. */
        private static void agentComes(WorkflowFixture fixture) {
            fixture.sleep(Duration.ofSeconds(1));
            fixture.connectAgent();
        }

        private static LeaveRequested leave(@Nullable Boolean force, @Nullable Boolean hostGone) {
            return new LeaveRequested(WorkflowFixture.CLUSTER, WorkflowFixture.NODE, null, null, force, hostGone, null);
        }
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void shouldReplay(Scenario scenario) {
        assertThatCode(() -> WorkflowReplayer.replayWorkflowExecutionFromResource(scenario.resource(), TODAY))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"joined", "failed"})
    void shouldReplayTheHistoryOfARealServer(String join) {
        assertThatCode(() -> WorkflowReplayer.replayWorkflowExecutionFromResource(
                        "histories/server/" + join + ".json", TODAY))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void shouldRejectTheHistoryOfADivergingWorkflow(Scenario scenario) {
        assertThatThrownBy(() -> WorkflowReplayer.replayWorkflowExecutionFromResource(scenario.resource(), OTHER))
                .hasStackTraceContaining("TMPRL1100");
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    @EnabledIfSystemProperty(named = "nodejoin.record", matches = "true")
    void record(Scenario scenario) throws IOException {
        scenario.play(fixture);
        fixture.awaitFirstRunClosed();
        Files.writeString(
                HISTORIES.resolve(scenario.name() + ".json"),
                fixture.historyOfFirst().toJson(true));
    }

    /** A leave that sleeps instead of calling activities. */
    public static final class DivergingLeave implements NodeLeaveWorkflow {
        @Override
        public JoinResult leave(LeaveRequest request) {
            Workflow.sleep(Duration.ofSeconds(1));
            return new JoinResult(Phase.Left, null);
        }

        @Override
        public EnrollmentBinding enroll(EnrollmentProof proof) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void validateEnroll(EnrollmentProof proof) {}

        @Override
        public void agentConnected(AgentConnection connection) {}

        @Override
        public void milestoneReached(MilestoneReport report) {}

        @Override
        public AbortResponse abort(AbortRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void validateAbort(AbortRequest request) {}

        @Override
        public void cancelRequested(AbortRequest request) {}

        @Override
        public void superseded(NodeRequest newer) {}

        @Override
        public JoinProgress progress() {
            throw new UnsupportedOperationException();
        }
    }

    /** A join that sleeps instead of calling activities. */
    public static final class DivergingJoin implements NodeJoinWorkflow {
        @Override
        public JoinResult join(JoinRequest request, @Nullable EnrollmentProof enrollment) {
            Workflow.sleep(Duration.ofSeconds(1));
            return new JoinResult(Phase.Joined, null);
        }

        @Override
        public void waitsForTurn() {}

        @Override
        public ExtendedDeadline extendDeadline(DeadlineExtension extension) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void validateExtendDeadline(DeadlineExtension extension) {}

        @Override
        public EnrollmentBinding enroll(EnrollmentProof proof) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void validateEnroll(EnrollmentProof proof) {}

        @Override
        public void agentConnected(AgentConnection connection) {}

        @Override
        public void milestoneReached(MilestoneReport report) {}

        @Override
        public AbortResponse abort(AbortRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void validateAbort(AbortRequest request) {}

        @Override
        public void cancelRequested(AbortRequest request) {}

        @Override
        public void superseded(NodeRequest newer) {}

        @Override
        public JoinProgress progress() {
            throw new UnsupportedOperationException();
        }
    }
}
