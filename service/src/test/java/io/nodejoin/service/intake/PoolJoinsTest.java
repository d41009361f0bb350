package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.gateway.temporal.CallDeadline;
import io.nodejoin.gateway.temporal.TemporalMachinePools;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.protocol.event.MachineWithdrawn;
import io.nodejoin.protocol.event.RequestedMachine;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.pool.MachineSighting;
import io.nodejoin.workflows.pool.MachineState;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolWorkflow;
import io.nodejoin.workflows.pool.SightingAnswer;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pools on Temporal's test server, as the intake and a gateway speak to them. */
class PoolJoinsTest {
    private static final PoolName STD = new PoolName("std");
    private static final PoolRef POOL = new PoolRef(JoinRequests.CLUSTER, STD);
    private static final MachineFacts FACTS =
            new MachineFacts("amd64", 4, 1L << 33, 1L << 35, List.of("10.0.0.7"), null);
    private static final CallDeadline TIMEOUT = new CallDeadline(Duration.ofSeconds(30), new ManualScheduler());

    private final TestWorkflowEnvironment temporal = RealTimeTemporal.environment();
    private final InstantCluster cluster = new InstantCluster(JoinRequests.ENROLLMENT);
    private final JoinStarter joins = RealTimeTemporal.joinStarter(temporal, EnrollmentHandover.none());
    private final MachineOffers offers = new TemporalMachineOffers(temporal.getWorkflowClient(), TIMEOUT);
    private final TemporalMachinePools gateway = new TemporalMachinePools(temporal.getWorkflowClient(), TIMEOUT);
    private final Instant born = Instant.now();

    @BeforeEach
    void startWorkers() {
        RealTimeTemporal.startWorkers(temporal, cluster);
    }

    @AfterEach
    void close() {
        temporal.close();
    }

    @Test
    void shouldGiveAFreeMachineToAJoin() {
        // given
        assertThat(offers.tell(offer("m1", "a"))).isEmpty();
        assertThat(see("a")).isEqualTo(new SightingAnswer(MachineState.FREE, null));

        // when
        start(request("w1", Duration.ofHours(1), RequestedMachine.ANY));

        // then
        awaitBound("a", "w1");
    }

    @Test
    void shouldLetAJoinWaitForAMachine() {
        // given
        offers.tell(offer("m1", "a"));
        start(request("w1", Duration.ofHours(1), RequestedMachine.ANY));
        await().until(() -> !pool().status().waiting().isEmpty());

        // when
        see("a");

        // then
        awaitBound("a", "w1");
    }

    @Test
    void shouldFailAJoinWithoutAMachineByItsDeadline() {
        // given
        offers.tell(offer("m1", "a"));

        // when
        start(request("w1", Duration.ofSeconds(4), RequestedMachine.ANY));

        // then
        JoinFailed failed = awaitOutcome(JoinFailed.class);
        assertThat(failed.reason()).isEqualTo(ErrorCode.POOL_EXHAUSTED);
        assertThat(failed.detail()).isEqualTo("the pool std has 1 machine: 1 offered whose agent does not wait");
        assertThat(pool().status().waiting()).isEmpty();
    }

    @Test
    void shouldFailAJoinOfAPoolThatNeverWas() {
        // when
        start(request("w1", Duration.ofHours(1), RequestedMachine.ANY));

        // then
        JoinFailed failed = awaitOutcome(JoinFailed.class);
        assertThat(failed.reason()).isEqualTo(ErrorCode.POOL_EXHAUSTED);
        assertThat(failed.detail()).isEqualTo("no machine was offered to the pool std");
    }

    @Test
    void shouldForgetACancelledJoinThatWaits() {
        // given
        offers.tell(offer("m1", "a"));
        start(request("w1", Duration.ofHours(1), RequestedMachine.ANY));
        await().until(() -> !pool().status().waiting().isEmpty());

        // when
        Optional<Problem> nothingToAbort = joins.cancel(new RequestDecision.Cancel(
                JoinRequests.CLUSTER,
                new NodeName("w1"),
                new AbortRequest("scaled in", "test", Instant.now(), null),
                Rejection.Sender.UNKNOWN));

        // then
        assertThat(nothingToAbort).isEmpty();
        awaitOutcome(JoinCancelled.class);
        await().until(() -> pool().status().waiting().isEmpty());
        assertThat(see("a")).isEqualTo(new SightingAnswer(MachineState.FREE, null));
    }

    @Test
    void shouldTakeBackTheMachineOfAnAbortedJoin() {
        // given
        offers.tell(offer("m1", "a"));
        see("a");
        start(request("w1", Duration.ofHours(1), RequestedMachine.ANY));
        awaitBound("a", "w1");

        // when
        await().until(() -> joins.cancel(new RequestDecision.Cancel(
                        JoinRequests.CLUSTER,
                        new NodeName("w1"),
                        new AbortRequest("scaled in", "test", Instant.now(), null),
                        Rejection.Sender.UNKNOWN))
                .isEmpty());

        // then
        await().untilAsserted(() -> assertThat(see("a")).isEqualTo(new SightingAnswer(MachineState.FREE, null)));
    }

    @Test
    void shouldRefuseTheSecretOfAnotherMachine() {
        // given
        offers.tell(offer("m1", "a"));

        // when
        Optional<Problem> refusal = offers.tell(offer("m2", "a"));

        // then
        assertThat(refusal).contains(new Problem(ErrorCode.MACHINE_OFFER_CONFLICT, "the secret of m2 is that of m1"));
    }

    @Test
    void shouldForgetAWithdrawnMachine() {
        // given
        MachineWithdrawn withdrawn = new MachineWithdrawn(JoinRequests.CLUSTER, STD, new MachineId("m1"));
        assertThat(offers.tell(withdrawn)).isEmpty();
        offers.tell(offer("m1", "a"));

        // when
        offers.tell(withdrawn);

        // then
        assertThat(gateway.sighted(POOL, new MachineSighting(digest("a"), FACTS)))
                .isEmpty();
    }

    private void start(JoinRequest request) {
        assertThat(joins.start(JoinRequests.verdict(request))).isInstanceOf(JoinStarter.StartResult.Started.class);
    }

    private PoolWorkflow pool() {
        return temporal.getWorkflowClient().newWorkflowStub(PoolWorkflow.class, PoolWorkflow.workflowId(POOL));
    }

    private @Nullable SightingAnswer see(String secretOf) {
        return gateway.sighted(POOL, new MachineSighting(digest(secretOf), FACTS))
                .orElse(null);
    }

    private void awaitBound(String secretOf, String node) {
        await().untilAsserted(() ->
                assertThat(see(secretOf)).isEqualTo(new SightingAnswer(MachineState.BOUND, new NodeName(node))));
    }

    private <T extends LifecycleEvent.Outcome> T awaitOutcome(Class<T> type) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> cluster.told.stream()
                                .filter(type::isInstance)
                                .map(type::cast)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private JoinRequest request(String node, Duration deadline, RequestedMachine wanted) {
        JoinRequest ordinary = JoinRequests.of(node, born, 0, STD, null);
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
                wanted);
        return new JoinRequest(
                ordinary.joinId(), ordinary.generation(), withoutMachine, born.plus(deadline), ordinary.policy(), null);
    }

    private static MachineOffered offer(String machine, String secretOf) {
        return new MachineOffered(
                JoinRequests.CLUSTER, STD, new MachineId(machine), digest(secretOf), Map.of(), null, null);
    }

    private static String digest(String secretOf) {
        return secretOf.repeat(64);
    }
}
