package io.nodejoin.gateway.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.workflows.pool.MachineSighting;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.PoolMachine;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolStatus;
import io.nodejoin.workflows.pool.PoolWorkflow;
import io.nodejoin.workflows.pool.PoolWorkflowImpl;
import io.nodejoin.workflows.pool.SightingAnswer;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sightings as updates of a pool's workflow. */
class TemporalMachinePoolsTest {
    private static final PoolRef POOL = new PoolRef(Samples.WORKER_A.node().cluster(), new PoolName("batch"));
    private static final String DIGEST = "0f".repeat(32);

    private final TestWorkflowEnvironment environment =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setUseTimeskipping(false)
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(DataConverters.dataConverter())
                            .build())
                    .build());
    private final WorkflowClient client = environment.getWorkflowClient();
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor();
    private final TemporalMachinePools pools =
            new TemporalMachinePools(client, new CallDeadline(Duration.ofSeconds(30), deadlines));

    @BeforeEach
    void offerMachine() {
        environment.newWorker("pools").registerWorkflowImplementationTypes(PoolWorkflowImpl.class);
        environment.start();
        MachineOffered offer =
                new MachineOffered(POOL.cluster(), POOL.pool(), new MachineId("m-1"), DIGEST, Map.of(), null, null);
        PoolMachine machine = new PoolMachine(offer, MachineState.OFFERED, null, null, null, List.of(), false);
        PoolStatus offered = new PoolStatus(POOL, false, List.of(machine), List.of());
        PoolWorkflow pool = client.newWorkflowStub(
                PoolWorkflow.class,
                WorkflowOptions.newBuilder()
                        .setTaskQueue("pools")
                        .setWorkflowId(PoolWorkflow.workflowId(POOL))
                        .build());
        WorkflowClient.start(pool::run, POOL, offered);
    }

    @AfterEach
    void stop() {
        environment.close();
        deadlines.shutdownNow();
    }

    @Test
    void shouldSightAMachineThatWasOffered() {
        // given the offer
        // when
        Optional<SightingAnswer> answer = pools.sighted(POOL, sighting(DIGEST));
        // then
        assertThat(answer).contains(new SightingAnswer(MachineState.FREE, null));
    }

    @Test
    void shouldHaveNoAnswerForAMachineThatWasNotOffered() {
        // given the offer of another
        // when
        Optional<SightingAnswer> answer = pools.sighted(POOL, sighting("ee".repeat(32)));
        // then
        assertThat(answer).isEmpty();
    }

    @Test
    void shouldHaveNoAnswerWhereThereIsNoPool() {
        // given
        PoolRef unknown = new PoolRef(POOL.cluster(), new PoolName("unknown"));
        // when
        pools.away(unknown, DIGEST);
        Optional<SightingAnswer> answer = pools.sighted(unknown, sighting(DIGEST));
        // then
        assertThat(answer).isEmpty();
    }

    @Test
    void shouldTellThatAMachineIsAway() {
        // given
        pools.sighted(POOL, sighting(DIGEST));
        // when
        pools.away(POOL, DIGEST);
        // then
        PoolWorkflow pool = client.newWorkflowStub(PoolWorkflow.class, PoolWorkflow.workflowId(POOL));
        assertThat(pool.status().machines())
                .singleElement()
                .satisfies(machine -> assertThat(machine.state()).isEqualTo(MachineState.OFFERED));
    }

    private static MachineSighting sighting(String digest) {
        return new MachineSighting(digest, Samples.announcement("").facts());
    }
}
