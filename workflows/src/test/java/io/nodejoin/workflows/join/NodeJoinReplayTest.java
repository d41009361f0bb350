package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
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
        cancelled;

        String resource() {
            return "histories/" + name() + ".json";
        }

        private void tell(JoinBed bed) {
            switch (this) {
                case joined -> {}
                case rejoined -> bed.rejoining().cluster.nodes.put("w1", "uid-before");
                case served -> bed.serving("10.0.0.7", "2001:db8::7");
                case failed -> {
                    bed.script.answer(
                            "Host_StartKubelet", FakeHost.failed(ErrorCode.KUBELET_NOT_STARTED, "port is taken"));
                    bed.script.next("Certificate_Decide", _ -> bed.awaitHostReset());
                }
                case cancelled -> bed.script.before("Node_AwaitRegistered", bed::abort);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Story.class)
    void shouldReplay(Story story) {
        // given
        Worker worker = today.newWorker("replay");
        NodeJoinWorker.register(worker);

        // then
        assertThatCode(() -> WorkflowReplayer.replayWorkflowExecutionFromResource(story.resource(), worker))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource(Story.class)
    void shouldCatchAWorkflowThatDoesOtherThings(Story story) {
        // given
        Worker worker = today.newWorker("replay");
        worker.registerWorkflowImplementationTypes(OtherWorkflow.class);

        // then
        assertThatThrownBy(() -> WorkflowReplayer.replayWorkflowExecutionFromResource(story.resource(), worker))
                .hasStackTraceContaining("TMPRL1100");
    }

    @ParameterizedTest
    @EnumSource(Story.class)
    @EnabledIfSystemProperty(named = "nodejoin.record", matches = "true")
    void record(Story story) throws IOException {
        story.tell(bed);
        bed.startWithAgent().end();
        Files.writeString(
                HISTORIES.resolve(story.name() + ".json"), bed.history().toJson(true));
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
        public JoinProgress progress() {
            throw new UnsupportedOperationException();
        }
    }
}
