package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.NodeWorkflowRegistration;
import io.nodejoin.workflows.cleanup.CleanupRequest;
import io.nodejoin.workflows.cleanup.NodeCleanupWorkflow;
import io.nodejoin.workflows.csr.IssuedCertificates;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.pool.Binding;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.PoolMachine;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolStatus;
import io.nodejoin.workflows.pool.PoolWorkflow;
import io.nodejoin.workflows.temporal.DataConverters;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.activity.DynamicActivity;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.converter.EncodedValues;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The machine of a join whose workflow was terminated. */
@Timeout(60)
class MachineReleaseTest {
    private static final PoolRef POOL = new PoolRef(FakeClusterOrphans.CLUSTER, new PoolName("batch"));
    private static final NodeRef NODE = new NodeRef(FakeClusterOrphans.CLUSTER, new NodeName("n1"));
    private static final JoinId JOIN = FakeClusterOrphans.joinId("n1");
    private static final Instant LONG_AGO = Instant.parse("2026-11-25T10:00:00Z");

    private final TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setUseTimeskipping(false)
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(DataConverters.dataConverter())
                            .build())
                    .build());
    private final WorkflowClient client = temporal.getWorkflowClient();
    private final FakeClusterOrphans cluster = new FakeClusterOrphans();
    private final PublishedEvents published = new PublishedEvents();
    private WorkflowStatus status = terminated(WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.NO, false);

    /** Answers each question for certificates: there are none. */
    private static final class NoCertificates implements DynamicActivity {
        @Override
        public Object execute(EncodedValues arguments) {
            return new IssuedCertificates(List.of(), false);
        }
    }

    private static final class PublishedEvents implements EventActivities {
        private final Queue<OutcomeEvent> events = new ConcurrentLinkedQueue<>();

        @Override
        public void publish(List<OutcomeEvent> batch) {
            events.addAll(batch);
        }
    }

    @BeforeEach
    void start() {
        Worker worker = temporal.newWorker(TaskQueues.NODEJOIN);
        NodeWorkflowRegistration.register(worker);
        worker.registerActivitiesImplementations(new OrphanInspector(_ -> cluster, _ -> status), published);
        temporal.newWorker(TaskQueues.APPROVER).registerActivitiesImplementations(new NoCertificates());
        temporal.start();
        cluster.addAccepted(PendingOutcome.RequestKind.JOIN, "n1", null);
    }

    @AfterEach
    void close() {
        temporal.close();
    }

    @Test
    void shouldGiveBackTheMachineOfATerminatedJoin() {
        // given
        PoolWorkflow pool = startPoolWithMachineOf(JOIN);

        // when
        cleanUp();

        // then
        assertThat(machine(pool).state()).isEqualTo(MachineState.OFFERED);
        assertThat(machine(pool).binding()).isNull();
        assertThat(published.events).hasSize(1);
    }

    @Test
    void shouldQuarantineTheMachineWhoseHostIsNotReset() {
        // given
        PoolWorkflow pool = startPoolWithMachineOf(JOIN);
        status = terminated(WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.NO, true);

        // when
        cleanUp();

        // then
        assertThat(machine(pool).state()).isEqualTo(MachineState.QUARANTINED);
        assertThat(machine(pool).residue()).singleElement().asString().startsWith("Host: not reset");
    }

    @Test
    void shouldQuarantineTheMachineIfItsJoinEndedBetweenItsOutcomeAndTheRelease() {
        // given
        PoolWorkflow pool = startPoolWithMachineOf(JOIN);
        status = terminated(WorkflowStatus.OutcomeState.PUBLISHED, WorkflowStatus.Joined.NO, false);

        // when
        cleanUp();

        // then
        assertThat(machine(pool).state()).isEqualTo(MachineState.QUARANTINED);
    }

    @Test
    void shouldLeaveTheMachineToItsNodeIfTheJoinHadSucceeded() {
        // given
        PoolWorkflow pool = startPoolWithMachineOf(JOIN);
        cluster.addNode("n1");
        status = terminated(WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.YES, false);

        // when
        cleanUp();

        // then
        assertThat(machine(pool).state()).isEqualTo(MachineState.BOUND);
    }

    @Test
    void shouldLeaveTheMachineToAnotherJoinThatHasGotIt() {
        // given
        PoolWorkflow pool = startPoolWithMachineOf(JoinId.of("test", "another"));

        // when
        cleanUp();

        // then
        assertThat(machine(pool).state()).isEqualTo(MachineState.BOUND);
    }

    private PoolWorkflow startPoolWithMachineOf(JoinId join) {
        MachineOffered offer = new MachineOffered(
                POOL.cluster(), POOL.pool(), new MachineId("m-1"), "0f".repeat(32), Map.of(), null, null);
        PoolMachine bound = new PoolMachine(
                offer, MachineState.BOUND, null, LONG_AGO, new Binding(join, NODE.name(), LONG_AGO), List.of(), false);
        PoolWorkflow pool = client.newWorkflowStub(PoolWorkflow.class, options(PoolWorkflow.workflowId(POOL)));
        WorkflowClient.start(pool::run, POOL, new PoolStatus(POOL, false, List.of(bound), List.of()));
        return pool;
    }

    private void cleanUp() {
        client.newWorkflowStub(NodeCleanupWorkflow.class, options(NodeCleanupWorkflow.workflowId(POOL.cluster(), JOIN)))
                .cleanUp(new CleanupRequest(NODE, JOIN, 1));
    }

    private static WorkflowOptions options(String workflowId) {
        return WorkflowOptions.newBuilder()
                .setWorkflowId(workflowId)
                .setTaskQueue(TaskQueues.NODEJOIN)
                .build();
    }

    private static PoolMachine machine(PoolWorkflow pool) {
        return pool.status().machines().getFirst();
    }

    /** @param prepared whether the host was prepared, which another request follows */
    private static WorkflowStatus terminated(
            WorkflowStatus.OutcomeState outcome, WorkflowStatus.Joined joined, boolean prepared) {
        return new WorkflowStatus.Closed(
                "ended as terminated",
                List.of(new PhaseTime(prepared ? Phase.AgentConnected : Phase.Requested, LONG_AGO)),
                outcome,
                joined,
                List.of(),
                LONG_AGO,
                prepared,
                POOL.pool());
    }
}
