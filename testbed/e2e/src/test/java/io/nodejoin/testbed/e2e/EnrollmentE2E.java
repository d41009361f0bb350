package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
@OnSharedBed
class EnrollmentE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final SharedBed bed;

    EnrollmentE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    void shouldRefuseAgentWithWrongSecretAndStillJoinTheRightOne() {
        // given an impostor of the node's name and a join that has only seen the impostor
        HostFixture fixture = bed.newHost("wanted");
        try (SimulatedHost impostor = bed.boot(bed.newHostOfSameName(fixture), Fault.NONE)) {
            bed.request(fixture);
            await("refusal of the impostor")
                    .atMost(TIMEOUT)
                    .until(() -> bed.agentLog().tells(ErrorCode.ENROLLMENT_REFUSED, ""));
            bed.outcomes().awaitAccepted(fixture.node());
            assertThat(bed.outcomes().milestones(fixture.node())).containsExactly(JoinAccepted.class);
            assertThat(impostor.residue()).isEmpty();
        }

        // when
        bed.boot(fixture, Fault.NONE);

        // then
        JoinSucceeded end = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        assertThat(bed.cluster().ready(fixture.node())).containsExactly(end.nodeUid());
    }

    @Test
    void shouldSendNothingToGatewayUnderAnotherAuthority() throws IOException, GeneralSecurityException {
        try (var stranger = new CountingTlsServer();
                SimulatedHost _ = bed.boot(bed.newHost("careful"), stranger.address(), Fault.NONE)) {
            // when the agent has called and has seen whom it called
            await("complaint about the gateway")
                    .atMost(TIMEOUT)
                    .until(() -> bed.agentLog()
                            .tells(
                                    ErrorCode.GATEWAY_UNTRUSTED,
                                    stranger.address().toString()));

            // then
            assertThat(stranger.calls()).isPositive();
            assertThat(stranger.bytes()).isZero();
        }
    }
}
