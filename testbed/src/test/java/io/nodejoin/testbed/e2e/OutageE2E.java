package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

@ExtendWith(BedExtension.class)
@ResourceLock(SharedBed.LOCK)
class OutageE2E {
    private static final int JOINS = 20;
    private static final int BETWEEN_RESTARTS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ORDERLY = Duration.ofSeconds(30);

    private final SharedBed bed;

    OutageE2E(SharedBed bed) {
        this.bed = bed;
    }

    /** A test that failed may have left a part down that the next ones need. */
    @AfterEach
    void bringAllBack() {
        bed.parts().up();
        bed.parts().service().start();
    }

    @Test
    @Tag("real")
    void shouldStartWithoutTemporalSayWhatIsMissingAndJoinOnceItComes() {
        // given
        HostWish wish = bed.wish("early");
        bed.parts().service().stop();
        bed.parts().temporal().stop();
        CompletableFuture<Void> start = CompletableFuture.runAsync(bed.parts().service()::start);
        bed.request(wish);
        bed.boot(wish, Fault.NONE);
        await("readiness that names Temporal")
                .atMost(PATIENCE)
                .until(bed::readiness, text -> text.contains("[-] temporal"));
        assertThat(bed.outcomes().of(wish.node())).isEmpty();

        // when
        bed.parts().temporal().start();

        // then
        bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        assertThat(start).succeedsWithin(PATIENCE);
    }

    @Test
    @Tag("real")
    void shouldGoOnWhileTheBrokerIsAwayAndTellTheOutcomeOnceItIsBack() {
        // given a join that waits for its host
        HostWish wish = bed.wish("patient");
        bed.request(wish);
        bed.outcomes().awaitAccepted(wish.node());
        bed.parts().kafka().stop();
        await("readiness that names Kafka").atMost(PATIENCE).until(bed::readiness, text -> text.contains("[-] kafka"));
        bed.boot(wish, Fault.NONE);
        await("a node that became Ready without a broker")
                .atMost(PATIENCE)
                .until(() -> !bed.cluster().ready(wish.node()).isEmpty());

        // when
        bed.parts().kafka().start();

        // then
        bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
        await("readiness of all").atMost(PATIENCE).until(bed.parts().service()::isReady);
    }

    @Test
    @Tag("real")
    void shouldHaveAHostLookAgainThatLookedWhileTheApiServerWasAway() {
        // given a join that needs nothing but its host
        HostWish wish = bed.wish("blinded");
        bed.request(wish);
        awaitInHistory(wish, "Wait for the worker-agent");
        awaitInHistory(wish, "caPins");
        bed.parts().controlPlane().apiServer().kill();
        bed.boot(wish, Fault.NONE);
        awaitInHistory(wish, ErrorCode.API_SERVER_UNREACHABLE.name());

        // when
        bed.parts().controlPlane().start();

        // then
        bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
    }

    @Test
    @Tag("full")
    void shouldLoseAndDoubleNothingWhenEachComponentIsRestartedDuringTwentyJoins() {
        // given
        TestBed parts = bed.parts();
        List<Runnable> restarts = List.of(
                this::restartTheService,
                () -> restart(parts.kafka()::stop, parts.kafka()::start),
                () -> restart(parts.temporal()::stop, parts.temporal()::start),
                () -> restart(parts.controlPlane().apiServer()),
                () -> restart(parts.controlPlane().controllerManager()));
        List<HostWish> wishes = IntStream.range(0, JOINS)
                .mapToObj(number -> bed.wish("rolling-" + number))
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
        for (HostWish wish : wishes) {
            JoinSucceeded end = bed.outcomes().awaitEnd(wish.node(), JoinSucceeded.class);
            assertThat(bed.cluster().ready(wish.node())).containsExactly(end.nodeUid());
            bed.cluster().hasNoMeansOf(end.joinId());
        }
        assertThat(wishes)
                .allSatisfy(wish -> assertThat(bed.outcomes().milestones(wish.node()))
                        .containsExactly(JoinAccepted.class, JoinSucceeded.class));
    }

    private void awaitInHistory(HostWish wish, String text) {
        await("a history that tells: " + text)
                .atMost(PATIENCE)
                .until(() -> bed.histories().text(wish.node()).contains(text));
    }

    /** A service that did not end by itself in time would have been killed, and have said nothing. */
    private void restartTheService() {
        bed.parts().service().stop();
        assertThat(bed.serviceLog()).contains("stopped");
        bed.parts().service().start();
    }

    private void restart(SupervisedProcess component) {
        restart(() -> component.stop(ORDERLY), bed.parts().controlPlane()::start);
    }

    private static void restart(Runnable stop, Runnable start) {
        stop.run();
        start.run();
    }
}
