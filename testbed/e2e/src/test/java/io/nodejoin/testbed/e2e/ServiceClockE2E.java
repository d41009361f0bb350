package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelRequested;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.provision.FakeTime;
import io.nodejoin.testbed.service.NodejoinService;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service whose clock is off: its joins end as they would by any other clock. */
@Tag("full")
@OnRestartedBed
class ServiceClockE2E {
    private final SharedBed bed;
    private final List<SimulatedHost> hosts = new ArrayList<>();

    ServiceClockE2E(SharedBed bed) {
        this.bed = bed;
    }

    /** The agents end first: they hold certificates of that other time. */
    @AfterEach
    void serveByTheTrueTime() {
        hosts.forEach(SimulatedHost::close);
        NodejoinService service = bed.testBed().service();
        service.stop();
        service.start();
    }

    @ParameterizedTest
    @CsvSource({"clock-ahead, 10", "clock-behind, -10"})
    void shouldJoinAndTakeBackWhateverTimeTheServiceHas(String name, int minutesAhead) {
        // given
        NodejoinService service = bed.testBed().service();
        FakeTime faketime = FakeTime.obtain().orElse(null);
        if (faketime == null) {
            System.err.println("a service with another time is not tested: libfaketime is missing");
            Assumptions.abort("no libfaketime here");
        }
        service.stop();
        service.startAhead(Duration.ofMinutes(minutesAhead), faketime);
        HostFixture sound = bed.newHost(name);
        HostFixture unwanted = bed.newHost(name + "-unwanted");
        hosts.add(bed.boot(sound, Fault.NONE));
        SimulatedHost host = bed.boot(unwanted, Fault.KUBELET_HANGS_ONCE);
        hosts.add(host);

        // when
        bed.request(sound);
        bed.request(unwanted);
        bed.outcomes().awaitPhase(unwanted.node(), Phase.KubeletStarted);
        bed.requests()
                .send(
                        new JoinCancelRequested(SharedBed.CLUSTER, unwanted.node(), "scaled in", null),
                        SharedBed.recordKey(unwanted.node()));

        // then
        JoinSucceeded joined = bed.outcomes().awaitOutcome(sound.node(), JoinSucceeded.class);
        assertThat(bed.cluster().ready(sound.node())).containsExactly(joined.nodeUid());
        bed.cluster().hasNoCredentialsOf(joined.joinId());
        JoinCancelled cancelled = bed.outcomes().awaitOutcome(unwanted.node(), JoinCancelled.class);
        assertThat(cancelled.residue()).isEmpty();
        bed.cluster().hasNoCredentialsOf(cancelled.joinId());
        assertThat(host.residue()).isEmpty();
        assertThat(bed.outcomes().milestones(sound.node())).containsExactly(JoinAccepted.class, JoinSucceeded.class);
        assertThat(bed.outcomes().milestones(unwanted.node())).containsExactly(JoinAccepted.class, JoinCancelled.class);
    }
}
