package io.nodejoin.testbed.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.containers.ContainerizedBed.Join;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Intake, workers and publisher of the service, cut off from their counterparties while requests and outcomes are on their way. */
@Tag("real")
@Tag("operations")
@ExtendWith(EngineExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CutOffServiceIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final int EACH = 2;

    private final ContainerizedBed bed;
    private final KafkaAndTemporal counterparties;

    CutOffServiceIT(ContainerEngine engine) {
        bed = ContainerizedBed.start(engine);
        counterparties = bed.counterparties();
    }

    /** A test that failed may have left a part away that the next ones need. */
    @AfterEach
    void bringAllBack() {
        counterparties.bringBack();
    }

    @AfterAll
    void stopContainers() {
        bed.close();
    }

    @Test
    void shouldTellEachOutcomeOnceWhenTheBrokerIsFrozenBeforeItIsTold() {
        // given joins that wait for their hosts
        List<Join> waiting = bed.joins("early", EACH);
        List<Join> late = bed.joins("late", EACH);
        bed.request(waiting);
        bed.awaitAccepted(waiting);
        counterparties.freezeKafka();
        CompletableFuture<Void> requests =
                CompletableFuture.runAsync(() -> bed.request(late), Thread::startVirtualThread);
        bed.boot(waiting);
        bed.awaitReadyNodes(waiting);
        assertThat(waiting).noneMatch(bed::hasOutcome);

        // when
        counterparties.bringBack();

        // then
        bed.boot(late);
        assertThat(requests).succeedsWithin(TIMEOUT);
        bed.verifyOneOutcomeOfEach(
                Stream.concat(waiting.stream(), late.stream()).toList());
    }

    @Test
    void shouldLoseNoRequestThatComesWhileTemporalIsOutOfTheNetwork() {
        // given joins that wait for their hosts
        List<Join> waiting = bed.joins("started", EACH);
        List<Join> unstarted = bed.joins("unstarted", EACH);
        List<Join> all = Stream.concat(waiting.stream(), unstarted.stream()).toList();
        bed.request(waiting);
        bed.awaitAccepted(waiting);
        counterparties.disconnectTemporal();
        bed.request(unstarted);
        bed.boot(all);
        bed.awaitUnready("temporal");
        assertThat(all).noneMatch(bed::hasOutcome);

        // when
        counterparties.bringBack();

        // then
        bed.verifyOneOutcomeOfEach(all);
    }

    @Test
    void shouldStartEachRequestOnceThatComesWhileTheAnswersOfTemporalAreLost() {
        // given
        List<Join> joins = bed.joins("unanswered", EACH);
        counterparties.loseAnswersOfTemporal();
        bed.request(joins);
        bed.boot(joins);
        bed.awaitUnready("temporal");
        assertThat(bed.hasSettledAllRequests()).isFalse();

        // when
        counterparties.bringBack();

        // then
        bed.verifyOneOutcomeOfEach(joins);
    }

    @Test
    void shouldTellEachEventOnceWhenTheAcknowledgementsOfTheBrokerAreLost() {
        // given joins that wait for their hosts
        List<Join> joins = bed.joins("unacknowledged", EACH);
        bed.request(joins);
        bed.awaitAccepted(joins);
        counterparties.loseAnswersOfKafka();
        bed.boot(joins);
        bed.awaitPhases(joins);
        bed.awaitReadyNodes(joins);

        // when
        counterparties.bringBack();

        // then
        bed.verifyOneOutcomeOfEach(joins);
    }
}
