package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.gateway.temporal.CallDeadline;
import io.nodejoin.gateway.temporal.TemporalMachinePools;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.lifecycle.EnrollmentBinding;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.pool.MachineSighting;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolStatus;
import io.nodejoin.workflows.pool.PoolWorkflow;
import io.nodejoin.workflows.pool.SightingAnswer;
import io.nodejoin.workflows.temporal.TaskQueues;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Joins with machines of a pool, from the request to the outcome. */
@Timeout(120)
class PoolJoinOutcomesTest {
    private static final PoolRef POOL = new PoolRef(JoinRequests.CLUSTER, new PoolName("batch"));
    private static final NodeName NODE = new NodeName("n1");
    private static final String SECRET_DIGEST = "ab".repeat(32);
    private static final MachineFacts FACTS =
            new MachineFacts("amd64", 4, 1L << 33, 1L << 35, List.of("10.0.0.7"), null);
    private static final CallDeadline TIMEOUT = new CallDeadline(Duration.ofSeconds(30), new ManualScheduler());
    private static final Duration LONG = Duration.ofHours(1);

    private final TestWorkflowEnvironment temporal = RealTimeTemporal.environment();
    private final InstantCluster cluster = new InstantCluster(JoinRequests.ENROLLMENT);
    private final JoinStarter joins = RealTimeTemporal.joinStarter(temporal, EnrollmentHandover.none());
    private final MachineOffers offers = new TemporalMachineOffers(temporal.getWorkflowClient(), TIMEOUT);
    private final TemporalMachinePools gateway = new TemporalMachinePools(temporal.getWorkflowClient(), TIMEOUT);
    private final Instant born = Instant.now();

    @BeforeEach
    void startWorkersAndOfferMachine() {
        RealTimeTemporal.startWorkers(temporal, cluster);
        assertThat(offers.tell(new MachineOffered(
                        POOL.cluster(), POOL.pool(), new MachineId("m-1"), SECRET_DIGEST, Map.of(), null, null)))
                .isEmpty();
    }

    @AfterEach
    void close() {
        temporal.close();
    }

    @Test
    void shouldJoinTheMachineThatTheJoinHasGot() {
        // given
        JoinRequest request = request(1, LONG);
        sight();
        start(request);
        awaitSighting(new SightingAnswer(MachineState.BOUND, NODE));

        // when
        connectAgent();

        // then
        awaitOutcome(request.joinId(), JoinSucceeded.class);
        assertThat(cluster.told)
                .filteredOn(JoinAccepted.class::isInstance)
                .extracting(LifecycleEvent.Outcome::joinId)
                .containsExactly(request.joinId());
        assertThat(sight()).isEqualTo(new SightingAnswer(MachineState.BOUND, NODE));
    }

    @Test
    void shouldOfferTheMachineOfAFailedJoinAgain() {
        // given
        JoinRequest request = request(1, Duration.ofSeconds(5));
        sight();

        // when its agent does not enroll
        start(request);

        // then
        awaitOutcome(request.joinId(), JoinFailed.class);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> status().machines().getFirst().state() == MachineState.OFFERED);
        assertThat(sight()).isEqualTo(new SightingAnswer(MachineState.FREE, null));
    }

    @Test
    void shouldGiveTheMachineToTheNewerOfTwoRequestsForANode() {
        // given
        JoinRequest older = request(1, LONG);
        JoinRequest newer = request(2, LONG);
        start(older);
        awaitWaiting(older.joinId());

        // when
        JoinStarter.StartResult answer = joins.start(JoinRequests.verdict(newer));

        // then
        assertThat(answer).isInstanceOf(JoinStarter.StartResult.Queued.class);
        assertThat(awaitOutcome(older.joinId(), JoinCancelled.class).reason()).isEqualTo(ErrorCode.SUPERSEDED);
        awaitWaiting(newer.joinId());
        assertThat(sight()).isNotNull();
        awaitSighting(new SightingAnswer(MachineState.BOUND, NODE));
        assertThat(status().machines().getFirst().binding())
                .satisfies(binding -> assertThat(binding.joinId()).isEqualTo(newer.joinId()));
    }

    @Test
    void shouldKnowARequestAgainWhileItWaitsAndOnceItHasAMachine() {
        // given
        JoinRequest request = request(1, LONG);
        start(request);
        awaitWaiting(request.joinId());

        // when
        JoinStarter.StartResult whileWaiting = joins.start(JoinRequests.verdict(request));
        sight();
        awaitSighting(new SightingAnswer(MachineState.BOUND, NODE));
        JoinStarter.StartResult onceBound = joins.start(JoinRequests.verdict(request));

        // then
        assertThat(whileWaiting).isInstanceOf(JoinStarter.StartResult.Duplicate.class);
        assertThat(onceBound).isInstanceOf(JoinStarter.StartResult.Duplicate.class);
    }

    private void start(JoinRequest request) {
        assertThat(joins.start(JoinRequests.verdict(request))).isInstanceOf(JoinStarter.StartResult.Started.class);
    }

    private SightingAnswer sight() {
        return gateway.sighted(POOL, new MachineSighting(SECRET_DIGEST, FACTS)).orElseThrow();
    }

    private void awaitSighting(SightingAnswer wanted) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(sight()).isEqualTo(wanted));
    }

    private void awaitWaiting(JoinId join) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> status().waiting().stream()
                        .anyMatch(each -> each.joinId().equals(join)));
    }

    private PoolStatus status() {
        return temporal.getWorkflowClient()
                .newWorkflowStub(PoolWorkflow.class, PoolWorkflow.workflowId(POOL))
                .status();
    }

    /** The join of the machine begins shortly after the pool has bound it. */
    private void connectAgent() {
        WorkflowStub join = temporal.getWorkflowClient()
                .newUntypedWorkflowStub(NodeJoinWorkflow.workflowId(JoinRequests.CLUSTER, NODE));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> "NodeJoinWorkflow".equals(join.describe().getWorkflowType()));
        join.update("enroll", EnrollmentBinding.class, new EnrollmentProof(SECRET_DIGEST, "key", null, null, null));
        join.signal(
                "agentConnected",
                new AgentConnection(TaskQueues.gateway(InstantCluster.REPLICA), new UUID(1, 2), null));
    }

    private <T extends LifecycleEvent.Outcome> T awaitOutcome(JoinId join, Class<T> type) {
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        cluster.told.stream().anyMatch(event -> type.isInstance(event) && join.equals(event.joinId())));
        return cluster.told.stream()
                .filter(event -> join.equals(event.joinId()))
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    private JoinRequest request(int second, Duration deadline) {
        JoinRequest ordinary = JoinRequests.of(NODE.value(), born, second, POOL.pool(), null);
        JoinRequested spec = ordinary.spec();
        JoinRequested withoutMachine = new JoinRequested(
                spec.cluster(),
                spec.nodeName(),
                null,
                spec.addresses(),
                spec.labels(),
                spec.taints(),
                spec.providerId(),
                spec.hostProfile(),
                spec.readyGates(),
                spec.deadline(),
                spec.servingCertificate(),
                spec.rejoin(),
                spec.podCidr(),
                spec.pool(),
                null);
        return new JoinRequest(
                ordinary.joinId(), ordinary.generation(), withoutMachine, born.plus(deadline), ordinary.policy(), null);
    }
}
