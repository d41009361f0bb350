package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.lifecycle.MemoKeys;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributes;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A join of two runs: one that waits for a machine, and one that joins it. */
@Timeout(60)
class WaitingJoinStatusTest {
    private static final String QUEUE = "queue";
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final JoinId NEXT = JoinId.of("test", "2");
    private static final PoolName BATCH = new PoolName("batch");

    private final TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setUseTimeskipping(false)
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(DataConverters.dataConverter())
                            .build())
                    .registerSearchAttribute(
                            JoinSearchAttributes.PHASE.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                    .registerSearchAttribute(
                            JoinSearchAttributes.POOL.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                    .build());
    private final WorkflowClient client = temporal.getWorkflowClient();
    private final WorkflowStatuses workflows = new TemporalWorkflowStatuses(client);

    /** Waits until it has a machine, then continues as the join of it. */
    @WorkflowInterface
    public interface Binding {
        @WorkflowMethod(name = "MachineBindingWorkflow")
        void bind();

        @SignalMethod
        void machineBound();
    }

    /** Its one implementation. */
    public static final class Waiting implements Binding {
        private boolean isBound;

        @Override
        public void bind() {
            Workflow.await(() -> isBound);
            Workflow.continueAsNew(
                    "NodeJoinWorkflow",
                    ContinueAsNewOptions.newBuilder()
                            .setTaskQueue("nobody works here")
                            .setMemo(Map.of(MemoKeys.JOIN_ID, JOIN.value(), MemoKeys.MACHINE, BATCH + "/m-1"))
                            .setTypedSearchAttributes(attributes())
                            .build());
        }

        @Override
        public void machineBound() {
            isBound = true;
        }
    }

    @BeforeEach
    void start() {
        temporal.newWorker(QUEUE).registerWorkflowImplementationTypes(Waiting.class);
        temporal.start();
    }

    @AfterEach
    void close() {
        temporal.close();
    }

    @Test
    void shouldKnowThePoolOfAJoinThatWasTerminatedWhileItWaited() {
        // given
        WorkflowStub waiting = begin(JOIN);
        waiting.terminate("by a person");

        // when
        WorkflowStatus.Closed status = closed(waiting);

        // then
        assertThat(status.how()).isEqualTo("ended as terminated");
        assertThat(status.machinePool()).isEqualTo(BATCH);
        assertThat(status.outcome()).isEqualTo(WorkflowStatus.OutcomeState.PENDING);
    }

    @Test
    void shouldFollowAJoinToTheRunThatHasItsMachine() {
        // given
        WorkflowStub waiting = begin(JOIN);
        bind(waiting);

        // when
        WorkflowStatus meanwhile = status(waiting);
        client.newUntypedWorkflowStub(PublishingRuns.workflow()).terminate("by a person");
        begin(NEXT);
        WorkflowStatus.Closed afterwards = closed(waiting);

        // then
        assertThat(meanwhile).isInstanceOf(WorkflowStatus.Running.class);
        assertThat(afterwards.how()).isEqualTo("ended as terminated");
        assertThat(afterwards.outcome()).isEqualTo(WorkflowStatus.OutcomeState.PENDING);
        assertThat(afterwards.machinePool()).isEqualTo(BATCH);
        assertThat(afterwards.followed()).isTrue();
    }

    private WorkflowStub begin(JoinId join) {
        WorkflowStub stub = client.newUntypedWorkflowStub(
                "MachineBindingWorkflow",
                WorkflowOptions.newBuilder()
                        .setWorkflowId(PublishingRuns.workflow())
                        .setTaskQueue(QUEUE)
                        .setMemo(Map.of(MemoKeys.JOIN_ID, join.value()))
                        .setTypedSearchAttributes(attributes())
                        .build());
        stub.start();
        return stub;
    }

    private void bind(WorkflowStub waiting) {
        waiting.signal("machineBound");
        WorkflowStub latest = client.newUntypedWorkflowStub(PublishingRuns.workflow());
        Awaitility.await()
                .until(() -> "NodeJoinWorkflow".equals(latest.describe().getWorkflowType()));
    }

    private static SearchAttributes attributes() {
        return SearchAttributes.newBuilder()
                .set(JoinSearchAttributes.PHASE, Phase.Requested.name())
                .set(JoinSearchAttributes.POOL, BATCH.value())
                .build();
    }

    private WorkflowStatus.Closed closed(WorkflowStub accepted) {
        return (WorkflowStatus.Closed) status(accepted);
    }

    private WorkflowStatus status(WorkflowStub accepted) {
        String run = Objects.requireNonNull(accepted.getExecution()).getRunId();
        return workflows.status(PublishingRuns.remnant(
                PendingOutcome.RequestKind.JOIN,
                JOIN,
                new WorkflowRun(client.getOptions().getNamespace(), run)));
    }
}
