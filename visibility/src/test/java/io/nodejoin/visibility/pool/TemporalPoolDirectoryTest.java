package io.nodejoin.visibility.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.PoolMachine;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolStatus;
import io.nodejoin.workflows.pool.PoolWorkflow;
import io.nodejoin.workflows.pool.PoolWorkflowImpl;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.serviceclient.RpcRetryOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TemporalPoolDirectoryTest {
    private static final PoolRef POOL = new PoolRef(new ClusterName("fra-1"), new PoolName("batch"));
    private static final MachineId MACHINE = new MachineId("m-1");

    private final TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setUseTimeskipping(false)
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(DataConverters.dataConverter())
                            .build())
                    .build());
    private final WorkflowClient client = temporal.getWorkflowClient();
    private final PoolDirectory directory = new TemporalPoolDirectory(client, TemporalPoolDirectoryTest::fault);

    private static String fault(StatusRuntimeException e) {
        return e.getStatus().getCode().name();
    }

    @BeforeEach
    void start() {
        temporal.newWorker("pools").registerWorkflowImplementationTypes(PoolWorkflowImpl.class);
        temporal.start();
    }

    @AfterEach
    void close() {
        temporal.close();
    }

    private PoolWorkflow startPool() {
        MachineOffered offer =
                new MachineOffered(POOL.cluster(), POOL.pool(), MACHINE, "0f".repeat(32), Map.of(), null, null);
        PoolMachine machine = new PoolMachine(offer, MachineState.OFFERED, null, null, null, List.of(), false);
        PoolWorkflow pool = client.newWorkflowStub(
                PoolWorkflow.class,
                WorkflowOptions.newBuilder()
                        .setTaskQueue("pools")
                        .setWorkflowId(PoolWorkflow.workflowId(POOL))
                        .build());
        WorkflowClient.start(pool::run, POOL, new PoolStatus(POOL, false, List.of(machine), List.of()));
        return pool;
    }

    @Test
    void shouldFindThePoolThatHasAMachine() {
        // given
        startPool();

        // when
        Lookup<PoolStatus> found = directory.pool(POOL);

        // then
        assertThat(found)
                .isInstanceOfSatisfying(
                        Lookup.Found.class,
                        pool -> assertThat(pool.value())
                                .isInstanceOfSatisfying(
                                        PoolStatus.class,
                                        status -> assertThat(status.machines())
                                                .singleElement()
                                                .satisfies(machine -> assertThat(
                                                                machine.offer().machine())
                                                        .isEqualTo(MACHINE))));
    }

    @Test
    void shouldSetWhetherAPoolIsDrained() {
        // given
        startPool();

        // when
        Lookup<PoolStatus> drained = directory.setDraining(POOL, true);
        Lookup<PoolStatus> reopened = directory.setDraining(POOL, false);

        // then
        assertThat(drained.map(PoolStatus::draining)).isEqualTo(new Lookup.Found<>(true));
        assertThat(reopened.map(PoolStatus::draining)).isEqualTo(new Lookup.Found<>(false));
    }

    @Test
    void shouldFindNoPoolThatNeverWas() {
        // when
        Lookup<PoolStatus> found = directory.pool(POOL);
        Lookup<PoolStatus> drained = directory.setDraining(POOL, true);

        // then
        assertThat(found)
                .isEqualTo(new Lookup.NotFound<>("the pool/fra-1/batch has no machine, and no join waits for one"))
                .isEqualTo(drained);
    }

    @Test
    void shouldFindNoPoolWhoseLastMachineIsWithdrawn() {
        // given
        PoolWorkflow pool = startPool();

        // when
        pool.withdraw(MACHINE);

        // then
        assertThat(directory.pool(POOL)).isInstanceOf(Lookup.NotFound.class);
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
        PoolDirectory blind =
                new TemporalPoolDirectory(WorkflowClient.newInstance(away), TemporalPoolDirectoryTest::fault);

        // when
        Lookup<List<PoolStatus>> pools = blind.pools();
        Lookup<PoolStatus> pool = blind.pool(POOL);

        // then
        assertThat(pools).isEqualTo(new Lookup.Unreachable<>(Lookup.Source.TEMPORAL, "UNAVAILABLE"));
        assertThat(pool).isEqualTo(new Lookup.Unreachable<>(Lookup.Source.TEMPORAL, "UNAVAILABLE"));
        away.shutdownNow();
    }
}
