package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.client.temporal.TemporalEndpoint;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.visibility.join.TemporalJoinDirectory;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JoinLookupTest {
    private static final NodeRef NODE = new NodeRef(new ClusterName("fra-1"), new NodeName("n1"));
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final AbortRequest WISH = new AbortRequest("scaled in", "somebody", null, null);

    private final TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(DataConverters.dataConverter())
                            .build())
                    .build());
    private final TemporalCalls calls =
            new TemporalCalls(TemporalEndpoint.of(TemporalConfig.withDefaults("temporal:7233")));
    private final JoinLookup lookup =
            new JoinLookup(new TemporalJoinDirectory(temporal.getWorkflowClient(), calls::describe), calls);

    /** Can be given up once. */
    @WorkflowInterface
    public interface Abortable {
        @WorkflowMethod
        void run();

        @UpdateMethod
        AbortResponse abort(AbortRequest request);

        @UpdateValidatorMethod(updateName = "abort")
        void mayAbort(AbortRequest request);

        @UpdateMethod
        ExtendedDeadline extendDeadline(DeadlineExtension extension);
    }

    /** Its one implementation. */
    public static final class Once implements Abortable {
        private boolean aborted;

        @Override
        public void run() {
            Workflow.await(() -> false);
        }

        @Override
        public AbortResponse abort(AbortRequest request) {
            aborted = true;
            return new AbortResponse(JOIN);
        }

        @Override
        public ExtendedDeadline extendDeadline(DeadlineExtension extension) {
            return new ExtendedDeadline(JOIN, extension.deadline());
        }

        @Override
        public void mayAbort(AbortRequest request) {
            if (aborted) {
                throw Failures.of(
                        FailureType.FAILED_PRECONDITION,
                        new Problem(ErrorCode.NOT_ABORTABLE, "it is already Compensating"));
            }
        }
    }

    @BeforeEach
    void start() {
        temporal.newWorker("queue").registerWorkflowImplementationTypes(Once.class);
        temporal.start();
    }

    @AfterEach
    void close() {
        temporal.close();
    }

    private void join() {
        temporal.getWorkflowClient()
                .newUntypedWorkflowStub(
                        "Abortable",
                        WorkflowOptions.newBuilder()
                                .setWorkflowId(NodeJoinWorkflow.workflowId(NODE.cluster(), NODE.name()))
                                .setTaskQueue("queue")
                                .build())
                .start();
    }

    @Test
    void shouldGiveUpAJoinThatIsUnderWay() {
        // given
        join();

        // when
        JoinId cancelled = lookup.abort(NODE, WISH);

        // then
        assertThat(cancelled).isEqualTo(JOIN);
    }

    @Test
    void shouldExtendTheDeadlineOfAJoinThatIsUnderWay() {
        // given
        join();
        Instant later = Instant.parse("2026-11-30T12:00:00Z");

        // when
        ExtendedDeadline extended = lookup.extendDeadline(NODE, new DeadlineExtension(later, "somebody"));

        // then
        assertThat(extended).isEqualTo(new ExtendedDeadline(JOIN, later));
    }

    @Test
    void shouldSayThatThereIsNothingToGiveUp() {
        // when
        CliException refused = catchThrowableOfType(CliException.class, () -> lookup.abort(NODE, WISH));

        // then
        assertThat(refused.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
        assertThat(refused).hasMessageContaining("n1").hasMessageContaining("fra-1");
    }

    @Test
    void shouldSayThatAJoinIsGivenUpAlready() {
        // given
        join();
        lookup.abort(NODE, WISH);

        // when
        CliException refused = catchThrowableOfType(CliException.class, () -> lookup.abort(NODE, WISH));

        // then
        assertThat(refused.exitCode()).isEqualTo(ExitCodes.REJECTED);
        assertThat(refused).hasMessageContaining("already Compensating");
    }
}
