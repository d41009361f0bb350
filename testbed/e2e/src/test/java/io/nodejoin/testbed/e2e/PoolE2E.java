package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nodejoin.cli.ExitCodes;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.MachineOffered;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.io.IOException;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@OnSharedBed
class PoolE2E {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SharedBed bed;

    PoolE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    @Tag("real")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldJoinAMachineThatWaitsAndHaveItBackWithAnotherKeyOnceItsNodeHasLeft() {
        // given
        PoolName pool = new PoolName("waiting");
        HostFixture fixture = bed.newHost("pooled");
        SimulatedHost host = bed.boot(fixture, pool, Fault.NONE);
        offer(fixture, pool);
        awaitState(fixture, pool, "FREE");

        // when
        join(fixture, pool, null);
        JoinSucceeded joined = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        PublicKey first = agentKey(host);
        String bound = state(fixture, pool);
        bed.requests()
                .send(
                        new LeaveRequested(SharedBed.CLUSTER, fixture.node(), null, null, null, null, pool),
                        SharedBed.recordKey(fixture.node()));

        // then
        LeaveSucceeded left = bed.outcomes().awaitSecondOutcome(fixture.node(), LeaveSucceeded.class);
        assertThat(bound).isEqualTo("BOUND");
        assertThat(left.nodeUid()).isEqualTo(joined.nodeUid());
        assertThat(left.residue()).isEmpty();
        assertThat(host.residue()).isEmpty();
        awaitState(fixture, pool, "FREE");
        join(fixture, pool, null);
        JoinSucceeded again = bed.outcomes().awaitNthOutcome(3, fixture.node(), JoinSucceeded.class);
        assertThat(again.nodeUid()).isNotEqualTo(joined.nodeUid());
        assertThat(agentKey(host)).isNotEqualTo(first);
    }

    @Test
    @Tag("real")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldHaveTheMachineOfAFailedJoinBack() {
        // given
        PoolName pool = new PoolName("unlucky");
        HostFixture fixture = bed.newHost("pooled-broken");
        SimulatedHost host = bed.boot(fixture, pool, Fault.KUBELET_CANNOT_START);
        offer(fixture, pool);
        awaitState(fixture, pool, "FREE");

        // when
        join(fixture, pool, null);

        // then
        JoinFailed failed = bed.outcomes().awaitOutcome(fixture.node(), JoinFailed.class);
        assertThat(failed.reason()).isEqualTo(ErrorCode.KUBELET_NOT_STARTED);
        assertThat(failed.residue()).isEmpty();
        assertThat(host.residue()).isEmpty();
        awaitState(fixture, pool, "FREE");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldSayWhyAJoinHasNoMachine() {
        // given
        PoolName pool = new PoolName("silent");
        HostFixture fixture = bed.newHost("pooled-never");
        offer(fixture, pool);
        awaitState(fixture, pool, "OFFERED");

        // when
        join(fixture, pool, Instant.now().plusSeconds(15));

        // then
        String reason = "the pool silent has 1 machine: 1 offered whose agent does not wait";
        await("the reason of the wait")
                .atMost(TIMEOUT)
                .until(() -> nodejoin("describe", SharedBed.recordKey(fixture.node()))
                        .output()
                        .contains(reason));
        JoinFailed failed = bed.outcomes().awaitOutcome(fixture.node(), JoinFailed.class);
        assertThat(failed.reason()).isEqualTo(ErrorCode.POOL_EXHAUSTED);
        assertThat(failed.detail()).isEqualTo(reason);
    }

    private void offer(HostFixture fixture, PoolName pool) {
        MachineOffered offer = new MachineOffered(
                SharedBed.CLUSTER,
                pool,
                new MachineId(fixture.node().value()),
                fixture.enrollmentDigest(),
                Map.of("nodejoin.io/e2e", "true"),
                null,
                null);
        bed.requests().send(offer, offer.recordKey());
    }

    private void join(HostFixture fixture, PoolName pool, @Nullable Instant deadline) {
        bed.requests()
                .send(
                        SharedBed.requestBuilder(fixture)
                                .anyMachineOf(pool)
                                .deadline(deadline)
                                .build(),
                        SharedBed.recordKey(fixture.node()));
    }

    private void awaitState(HostFixture fixture, PoolName pool, String wanted) {
        await(wanted).atMost(TIMEOUT).until(() -> state(fixture, pool), wanted::equals);
    }

    /** Returns the machine's state as the command line tells it; empty if there is no such machine. */
    private String state(HostFixture fixture, PoolName pool) {
        CommandResult described =
                nodejoin("machines", "describe", fixture.node().value(), "--pool", pool.value(), "-o", "json");
        if (described.exitCode() != ExitCodes.OK) {
            return "";
        }
        try {
            JsonNode machine = JSON.readTree(described.output());
            return machine.get("state").asText();
        } catch (IOException e) {
            throw new IllegalStateException(described.output(), e);
        }
    }

    private static PublicKey agentKey(SimulatedHost host) {
        return host.agentCertificate().orElseThrow().getPublicKey();
    }

    private CommandResult nodejoin(String... words) {
        return bed.testBed()
                .service()
                .cli(words)
                .withVariable(
                        "NODEJOIN_CONFIG", bed.testBed().service().config().toString())
                .run();
    }
}
