package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.process.ProcessIdentity;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("full")
@OnRestartedBed
class CredentialE2E {
    /** An API server accepts a token for a while that it knows, and its refusal is believed once it has lasted 20 s. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final SharedBed bed;

    CredentialE2E(SharedBed bed) {
        this.bed = bed;
    }

    @AfterEach
    void replaceCredential() {
        bed.testBed().service().prepare(SharedBed.settings());
    }

    @Test
    void shouldGoOnWithTheCredentialThatReplacesARevokedOneWithoutARestart() {
        // given a join whose token is out
        HostFixture underWay = bed.startJoin("credential-going", Fault.KUBELET_HANGS_ONCE, Phase.KubeletStarted);
        ProcessIdentity service = bed.testBed().service().process().identity().orElseThrow();
        bed.externalActor().revokeCredentialOfService();
        await("an attempt that is taken back")
                .atMost(TIMEOUT)
                .until(() -> bed.outcomes().reasons(underWay.node()), reasons -> !reasons.isEmpty());
        HostFixture refused = bed.newHost("credential-refused");
        bed.request(refused);
        JoinFailed failed = bed.outcomes().awaitOutcome(refused.node(), JoinFailed.class);
        assertThat(failed.reason()).isEqualTo(ErrorCode.CLUSTER_AUTH_FAILED);

        // when
        replaceCredential();

        // then
        JoinSucceeded joined = bed.outcomes().awaitOutcome(underWay.node(), JoinSucceeded.class);
        assertThat(bed.outcomes().reasons(underWay.node())).containsExactly(ErrorCode.CLUSTER_AUTH_FAILED);
        bed.cluster().hasNoCredentialsOf(joined.joinId());
        bed.cluster().hasNoCredentialsOf(failed.joinId());
        assertThat(bed.testBed().service().process().identity()).contains(service);
    }
}
