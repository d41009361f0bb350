package io.nodejoin.visibility.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.AbortResponse;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.serviceclient.RpcRetryOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TemporalJoinDirectoryTest {
    private static final NodeRef NODE = new NodeRef(new ClusterName("fra-1"), new NodeName("n1"));
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final AbortRequest ABORT = new AbortRequest("scaled in", "somebody", null, null);

    private final TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(DataConverters.dataConverter())
                            .build())
                    .build());
    private final JoinDirectory directory =
            new TemporalJoinDirectory(temporal.getWorkflowClient(), TemporalJoinDirectoryTest::fault);

    private static String fault(StatusRuntimeException e) {
        return e.getStatus().getCode().name();
    }

    /** Can be aborted once. */
    @WorkflowInterface
    public interface Abortable {
        @WorkflowMethod
        void run();

        @UpdateMethod
        AbortResponse abort(AbortRequest request);

        @UpdateValidatorMethod(updateName = "abort")
        void validateAbort(AbortRequest request);
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
        public void validateAbort(AbortRequest request) {
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

    private void startJoin() {
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
    void shouldAbortARunningJoinOnce() {
        // given
        startJoin();

        // when
        UpdateResult<JoinId> first = directory.abort(NODE, ABORT);
        UpdateResult<JoinId> second = directory.abort(NODE, ABORT);

        // then
        assertThat(first).isEqualTo(new UpdateResult.Accepted<>(JOIN));
        assertThat(second)
                .isEqualTo(
                        new UpdateResult.Refused<>(new Problem(ErrorCode.NOT_ABORTABLE, "it is already Compensating")));
    }

    @Test
    void shouldSayThatNothingRuns() {
        assertThat(directory.abort(NODE, ABORT)).isInstanceOf(UpdateResult.NothingRuns.class);
    }

    @Test
    void shouldSayThatAJoinIsNotKnown() {
        // when
        Lookup<JoinProgress> progress = directory.progress(NODE);

        // then
        assertThat(progress).isEqualTo(new Lookup.NotFound<>("no join or leave of n1 in fra-1 is known"));
    }

    @Test
    void shouldSayThatTemporalDoesNotAnswer() {
        // given
        WorkflowServiceStubs away = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget("127.0.0.1:1")
                .setSystemInfoTimeout(Duration.ofSeconds(1))
                .setRpcRetryOptions(RpcRetryOptions.newBuilder()
                        .setExpiration(Duration.ofSeconds(1))
                        .build())
                .build());

        // when
        Lookup<JoinPage> page = new TemporalJoinDirectory(
                        WorkflowClient.newInstance(away), TemporalJoinDirectoryTest::fault)
                .list(JoinFilter.all(), 10, PageToken.FIRST);

        // then
        assertThat(page)
                .isInstanceOfSatisfying(
                        Lookup.Unreachable.class,
                        unreachable -> assertThat(unreachable.detail()).isEqualTo("UNAVAILABLE"));
        away.shutdownNow();
    }
}
