package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("operations")
@OnRestartedBed
class OutageE2E {
    private static final int JOINS = 20;
    private static final int BETWEEN_RESTARTS = 4;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration GRACE_PERIOD = Duration.ofSeconds(30);

    private final SharedBed bed;

    OutageE2E(SharedBed bed) {
        this.bed = bed;
    }

    /** A test that failed may have left a part down that the next ones need. */
    @AfterEach
    void bringAllBack() {
        bed.testBed().up();
        bed.testBed().service().start();
    }

    @Test
    @Tag("real")
    void shouldStartWithoutTemporalSayWhatIsMissingAndJoinOnceItComes() {
        // given
        HostFixture fixture = bed.newHost("early");
        bed.testBed().service().stop();
        bed.testBed().temporal().stop();
        CompletableFuture<Void> start = CompletableFuture.runAsync(bed.testBed().service()::start);
        bed.request(fixture);
        bed.boot(fixture, Fault.NONE);
        await("readiness that names Temporal")
                .atMost(TIMEOUT)
                .until(bed::readiness, text -> text.contains("[-] temporal"));
        assertThat(bed.outcomes().of(fixture.node())).isEmpty();

        // when
        bed.testBed().temporal().start();

        // then
        bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        assertThat(start).succeedsWithin(TIMEOUT);
    }

    @Test
    @Tag("real")
    void shouldGoOnWhileTheBrokerIsAwayAndTellTheOutcomeOnceItIsBack() {
        // given a join that waits for its host
        HostFixture fixture = bed.newHost("patient");
        bed.request(fixture);
        bed.outcomes().awaitAccepted(fixture.node());
        bed.testBed().kafka().stop();
        await("readiness that names Kafka").atMost(TIMEOUT).until(bed::readiness, text -> text.contains("[-] kafka"));
        bed.boot(fixture, Fault.NONE);
        await("a node that became Ready without a broker")
                .atMost(TIMEOUT)
                .until(() -> !bed.cluster().ready(fixture.node()).isEmpty());

        // when
        bed.testBed().kafka().start();

        // then
        bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
        await("readiness of all").atMost(TIMEOUT).until(bed.testBed().service()::isReady);
    }

    @Test
    @Tag("real")
    void shouldHaveAHostLookAgainThatLookedWhileTheApiServerWasAway() {
        // given a join that needs nothing but its host
        HostFixture fixture = bed.newHost("blinded");
        bed.request(fixture);
        awaitInHistory(fixture, "Wait for the worker-agent");
        awaitInHistory(fixture, "caPins");
        bed.testBed().controlPlane().apiServer().kill();
        bed.boot(fixture, Fault.NONE);
        awaitInHistory(fixture, ErrorCode.HOST_CANNOT_REACH_API_SERVER.name());

        // when
        bed.testBed().controlPlane().start();

        // then
        bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
    }

    @Test
    @Tag("full")
    void shouldLoseAndDoubleNothingWhenEachComponentIsRestartedDuringTwentyJoins() {
        // given
        TestBed testBed = bed.testBed();
        List<Runnable> restarts = List.of(
                this::restartTheService,
                () -> restart(testBed.kafka()::stop, testBed.kafka()::start),
                () -> restart(testBed.temporal()::stop, testBed.temporal()::start),
                () -> restart(testBed.controlPlane().apiServer()),
                () -> restart(testBed.controlPlane().controllerManager()));
        List<HostFixture> wishes = IntStream.range(0, JOINS)
                .mapToObj(number -> bed.newHost("rolling-" + number))
                .toList();

        // when each restart meets joins that have just begun and joins that are under way
        for (int number = 0; number < wishes.size(); number++) {
            bed.boot(wishes.get(number), Fault.NONE);
            bed.request(wishes.get(number));
            if (number % BETWEEN_RESTARTS == BETWEEN_RESTARTS / 2) {
                restarts.get(number / BETWEEN_RESTARTS).run();
            }
        }

        // then
        for (HostFixture fixture : wishes) {
            JoinSucceeded end = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
            assertThat(bed.cluster().ready(fixture.node())).containsExactly(end.nodeUid());
            bed.cluster().hasNoCredentialsOf(end.joinId());
        }
        assertThat(wishes)
                .allSatisfy(fixture -> assertThat(bed.outcomes().milestones(fixture.node()))
                        .containsExactly(JoinAccepted.class, JoinSucceeded.class));
    }

    private void awaitInHistory(HostFixture fixture, String text) {
        await("a history that tells: " + text)
                .atMost(TIMEOUT)
                .until(() -> bed.histories().text(fixture.node()).contains(text));
    }

    /** A service that did not end by itself in time would have been killed, and have said nothing. */
    private void restartTheService() {
        bed.testBed().service().stop();
        assertThat(bed.serviceLog()).contains("stopped");
        bed.testBed().service().start();
    }

    private void restart(SupervisedProcess component) {
        restart(() -> component.stop(GRACE_PERIOD), bed.testBed().controlPlane()::start);
    }

    private static void restart(Runnable stop, Runnable start) {
        stop.run();
        start.run();
    }
}
