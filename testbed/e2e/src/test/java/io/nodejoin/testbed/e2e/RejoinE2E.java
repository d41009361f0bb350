package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Tag("real")
@OnSharedBed
class RejoinE2E {
    /** The cluster signs for a year. */
    private static final Duration BEYOND_CERTIFICATES = Duration.ofDays(800);

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final SharedBed bed;

    RejoinE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldEndARequestForTheNodeThatItMadeAlreadyAsJoinedWithoutAToken() {
        // given
        HostFixture fixture = bed.newHost("present");
        bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        JoinSucceeded first = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);

        // when
        bed.request(fixture);

        // then
        JoinSucceeded second = bed.outcomes().awaitSecondOutcome(fixture.node(), JoinSucceeded.class);
        assertThat(second.alreadyJoined()).isTrue();
        assertThat(second.joinId()).isNotEqualTo(first.joinId());
        assertThat(second.nodeUid()).isEqualTo(first.nodeUid());
        assertThat(second.phases()).extracting(PhaseTime::phase).containsExactly(Phase.Requested, Phase.Joined);
        bed.awaitQuiescence(fixture);
        assertThat(bed.cluster().tokens(second.joinId())).isEmpty();
        assertThat(bed.cluster().ready(fixture.node())).containsExactly(first.nodeUid());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldTellARequestOfAnotherSecretNothingButThatTheNameIsInUse() {
        // given
        HostFixture fixture = bed.newHost("occupied");
        bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        JoinSucceeded first = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);

        // when
        bed.request(bed.newHostOfSameName(fixture));

        // then
        JoinFailed second = bed.outcomes().awaitSecondOutcome(fixture.node(), JoinFailed.class);
        assertThat(second.reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(second.detail()).isEqualTo("a Node named " + fixture.node() + " exists");
        assertThat(bed.cluster().ready(fixture.node())).containsExactly(first.nodeUid());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldReplaceTheNodeOfAMachineWhoseRejoinIsDeclared() {
        // given
        HostFixture fixture = bed.newHost("repaired");
        SimulatedHost host = bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        JoinSucceeded first = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);

        // when
        bed.requests().send(rejoin(fixture), SharedBed.recordKey(fixture.node()));

        // then
        JoinSucceeded second = bed.outcomes().awaitSecondOutcome(fixture.node(), JoinSucceeded.class);
        assertThat(second.nodeUid()).isNotEqualTo(first.nodeUid());
        assertThat(second.alreadyJoined()).isNull();
        assertThat(bed.cluster().ready(fixture.node())).containsExactly(second.nodeUid());
        assertThat(bed.cluster().awaitTokens(second.joinId())).hasSize(1);
        bed.cluster().hasNoCredentialsOf(second.joinId());
        assertThat(host.residue()).isNotEmpty();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldNotReplaceTheNodeOfAnotherMachine() {
        // given
        HostFixture fixture = bed.newHost("mistaken");
        bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        JoinSucceeded first = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        HostFixture other = bed.newHostOfSameName(fixture);
        SimulatedHost newcomer = bed.boot(other, Fault.NONE);

        // when
        bed.requests().send(rejoin(other), SharedBed.recordKey(other.node()));

        // then
        JoinFailed second = bed.outcomes().awaitSecondOutcome(fixture.node(), JoinFailed.class);
        assertThat(second.reason()).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
        assertThat(second.detail()).contains("of another machine");
        assertThat(bed.cluster().tokens(second.joinId())).isEmpty();
        assertThat(bed.cluster().ready(fixture.node())).containsExactly(first.nodeUid());
        assertThat(newcomer.residue()).isEmpty();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void shouldTakeBackAMachineWhoseCertificateEndedWhileItWasOffAndOnlyThen() throws InterruptedException {
        // given a clock that is ahead on a machine whose kubelet lives
        HostFixture fixture = bed.newHost("sleeper");
        SimulatedHost host = bed.boot(fixture, Fault.NONE);
        bed.request(fixture);
        JoinSucceeded first = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        bed.histories().awaitClosed(fixture.node());
        boolean early = host.checkCertificateExpiry(Duration.ZERO);
        boolean alive = host.checkCertificateExpiry(BEYOND_CERTIFICATES);
        host.stopKubelet();
        bed.externalActor().stopHeartbeats(fixture.node());

        // when its timer fires, until it draws to ask again, and goes on firing
        await("comeback of " + fixture.node())
                .atMost(TIMEOUT)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> host.checkCertificateExpiry(BEYOND_CERTIFICATES) && accepted(fixture) == 2);

        // then
        JoinSucceeded second = bed.outcomes().awaitSecondOutcome(fixture.node(), JoinSucceeded.class);
        assertThat(early).isTrue();
        assertThat(alive).isFalse();
        assertThat(accepted(fixture)).isEqualTo(2);
        assertThat(second.nodeUid()).isNotEqualTo(first.nodeUid());
        assertThat(second.joinId()).isNotEqualTo(first.joinId());
        assertThat(bed.cluster().ready(fixture.node())).containsExactly(second.nodeUid());
        assertThat(bed.cluster().labels(fixture.node())).containsEntry("nodejoin.io/e2e", "true");
    }

    private long accepted(HostFixture fixture) {
        return bed.outcomes().of(fixture.node()).stream()
                .filter(JoinAccepted.class::isInstance)
                .count();
    }

    private static JoinRequested rejoin(HostFixture fixture) {
        return SharedBed.requestBuilder(fixture).rejoin(true).build();
    }
}
