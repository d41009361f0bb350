package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.LeaveRequested;
import io.nodejoin.workflows.drain.DrainResult;
import io.nodejoin.workflows.wire.Payloads;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Replays histories of earlier builds. {@code -Dnodejoin.record=true} records those of this build anew, which is right
 * only as long as no release has run them.
 */
class NodeJoinReplayTest {
    private static final Path HISTORIES = Path.of("src", "test", "resources", "histories");

    @RegisterExtension
    final JoinBed bed = new JoinBed();

    private final TestWorkflowEnvironment today =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(Payloads.converter())
                            .build())
                    .build());

    @AfterEach
    void close() {
        today.close();
    }

    enum Story {
        joined,
        served,
        rejoined,
        failed,
        triedAgain,
        cancelled,
        superseded,
        cutOff,
        left,
        stayed,
        forced,
        recalled,
        hostGone;

        String resource() {
            return "histories/" + name() + ".json";
        }

        private void tell(JoinBed bed) {
            switch (this) {
                case joined -> {}
                case rejoined -> bed.rejoining().cluster.nodes.put("w1", "uid-before");
                case served -> bed.serving("10.0.0.7", "2001:db8::7");
                case failed -> bed.kubeletDoesNotStart("port is taken").once();
                case triedAgain -> bed.kubeletDoesNotStart("port is taken");
                case superseded -> bed.script.before("Node_AwaitRegistered", () -> bed.supersede("event-2", 1));
                case cutOff ->
                    bed.script.answer(
                            "Host_Preflight",
                            FakeHost.failed(ErrorCode.API_SERVER_UNREACHABLE, "api-server: no connection"));
                case cancelled -> bed.script.before("Node_AwaitRegistered", bed::abort);
                case left, hostGone -> bed.hasNode();
                case stayed, forced -> {
                    bed.hasNode();
                    bed.script.answer("Drain_Evict", new DrainResult.Blocked(List.of("default/web-0: no budget")));
                }
                case recalled -> {
                    bed.hasNode();
                    bed.script.before("Drain_Evict", bed::abort);
                }
            }
            switch (this) {
                case joined, served, rejoined, failed, triedAgain, cancelled, superseded, cutOff ->
                    bed.startWithAgent();
                case left -> bed.leave(leave(null, null)).agent();
                case forced -> bed.leave(leave(true, null)).agent();
                case stayed, recalled -> bed.leave(leave(null, null));
                case hostGone -> bed.leave(leave(null, true));
            }
        }

        private static LeaveRequested leave(@Nullable Boolean force, @Nullable Boolean hostGone) {
            return new LeaveRequested(JoinBed.CLUSTER, JoinBed.NODE, null, null, force, hostGone);
        }
    }

    @ParameterizedTest
    @EnumSource(Story.class)
    void shouldReplay(Story story) {
        // given
        Worker worker = today.newWorker("replay", JoinBed.PATIENT);
        NodeJoinWorker.register(worker);

        // then
        assertThatCode(() -> WorkflowReplayer.replayWorkflowExecutionFromResource(story.resource(), worker))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource(Story.class)
    void shouldCatchAWorkflowThatDoesOtherThings(Story story) {
        // given
        Worker worker = today.newWorker("replay", JoinBed.PATIENT);
        worker.registerWorkflowImplementationTypes(OtherWorkflow.class, OtherLeave.class);

        // then
        assertThatThrownBy(() -> WorkflowReplayer.replayWorkflowExecutionFromResource(story.resource(), worker))
                .hasStackTraceContaining("TMPRL1100");
    }

    @ParameterizedTest
    @EnumSource(Story.class)
    @EnabledIfSystemProperty(named = "nodejoin.record", matches = "true")
    void record(Story story) throws IOException {
        story.tell(bed);
        bed.endOfFirst();
        Files.writeString(
                HISTORIES.resolve(story.name() + ".json"), bed.historyOfFirst().toJson(true));
    }

    /** Sleeps where the leave asks its counterparties. */
    public static final class OtherLeave implements NodeLeaveWorkflow {
        @Override
        public JoinEnd leave(LeaveRequest request) {
            Workflow.sleep(Duration.ofSeconds(1));
            return new JoinEnd(Phase.Left, null);
        }

        @Override
        public EnrollmentBinding enroll(EnrollmentProof proof) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void mayEnroll(EnrollmentProof proof) {}

        @Override
        public void agentConnected(AgentConnection connection) {}

        @Override
        public void hostReported(HostReport report) {}

        @Override
        public AbortAnswer abort(AbortRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void mayAbort(AbortRequest request) {}

        @Override
        public void cancelled(AbortRequest request) {}

        @Override
        public void superseded(NodeRequest newer) {}

        @Override
        public JoinProgress progress() {
            throw new UnsupportedOperationException();
        }
    }

    /** Sleeps where the join asks its counterparties. */
    public static final class OtherWorkflow implements NodeJoinWorkflow {
        @Override
        public JoinEnd join(JoinRequest request) {
            Workflow.sleep(Duration.ofSeconds(1));
            return new JoinEnd(Phase.Joined, null);
        }

        @Override
        public EnrollmentBinding enroll(EnrollmentProof proof) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void mayEnroll(EnrollmentProof proof) {}

        @Override
        public void agentConnected(AgentConnection connection) {}

        @Override
        public void hostReported(HostReport report) {}

        @Override
        public AbortAnswer abort(AbortRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void mayAbort(AbortRequest request) {}

        @Override
        public void cancelled(AbortRequest request) {}

        @Override
        public void superseded(NodeRequest newer) {}

        @Override
        public JoinProgress progress() {
            throw new UnsupportedOperationException();
        }
    }
}
