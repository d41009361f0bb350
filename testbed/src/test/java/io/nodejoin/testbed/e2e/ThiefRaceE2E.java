package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.join.JoinEvent.Outcome;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.e2e.ClusterView.Token;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** {@code -Dnodejoin.races=100} runs more of them. */
@Tag("full")
@ExtendWith(BedExtension.class)
@ResourceLock(SharedBed.LOCK)
class ThiefRaceE2E {
    private static final int RACES = Integer.getInteger("nodejoin.races", 20);
    /** So many run beside each other: a join that fails mostly waits for the API server to forget its token. */
    private static final int LANES = 20;
    /** From a thief that is ahead of the host to one that comes when the host is done. */
    private static final int LATEST_MILLIS = 600;

    private final SharedBed bed;

    ThiefRaceE2E(SharedBed bed) {
        this.bed = bed;
    }

    /** How one race ended. */
    private record Finish(
            String node,
            Outcome outcome,
            boolean thiefGotCertificate,
            int requests,
            List<String> ready,
            boolean nameHeld) {
        boolean joined() {
            return outcome instanceof JoinSucceeded;
        }
    }

    @Test
    void shouldKeepNoNodeOfTheThiefsKeyWhoeverIsFirst() {
        // given
        List<Integer> delays = IntStream.range(0, RACES)
                .map(race -> race * LATEST_MILLIS / RACES)
                .boxed()
                .toList();

        // when
        List<Finish> finishes;
        try (ExecutorService lanes = Executors.newFixedThreadPool(LANES)) {
            finishes = delays.stream()
                    .map(delay -> CompletableFuture.supplyAsync(() -> race(delay, Fault.NONE), lanes))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        }

        // then
        assertThat(finishes).hasSize(RACES).allSatisfy(finish -> {
            assertThat(finish.joined() && finish.thiefGotCertificate()).isFalse();
            assertThat(finish.ready()).hasSize(finish.joined() ? 1 : 0);
            assertThat(finish.nameHeld()).isEqualTo(finish.thiefGotCertificate());
        });
        assertThat(finishes).anyMatch(finish -> finish.requests() > 1);
    }

    @Test
    void shouldKeepTheNameFromTheHostTooWhenOnlyTheThiefHasAskedForACertificate() {
        // when
        Finish finish = race(0, Fault.KUBELET_HESITATES);

        // then
        assertThat(finish.joined()).isFalse();
        assertThat(finish.thiefGotCertificate()).isTrue();
        assertThat(finish.requests()).isEqualTo(1);
        assertThat(finish.nameHeld()).isTrue();
    }

    private Finish race(int delayMillis, Fault fault) {
        HostWish wish = bed.wish("raced-" + delayMillis + (fault == Fault.NONE ? "" : "-alone"));
        SimulatedHost host = bed.boot(wish, fault);
        try (Thief thief = new Thief(
                host.identity(),
                bed.parts().directories().root().resolve("simulated").resolve("thief-" + UUID.randomUUID()))) {
            String event = UUID.randomUUID().toString();
            bed.requests().send(SharedBed.joinOf(wish), SharedBed.key(wish.node()), event);
            Token token = bed.cluster()
                    .awaitTokens(JoinId.of(JoinRequests.SOURCE, event))
                    .iterator()
                    .next();
            CompletableFuture<Void> strike = CompletableFuture.runAsync(
                    () -> thief.strike(bed.cluster().bootstrapKubeconfig(token)),
                    CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS));
            Outcome outcome = bed.outcomes().awaitEnd(wish.node(), Outcome.class);
            strike.join();
            return new Finish(
                    wish.node().value(),
                    outcome,
                    thief.holdsCertificate(),
                    bed.cluster().decisions(token).size(),
                    bed.cluster().ready(wish.node()),
                    bed.cluster().isHeldFromEverybody(wish.node()));
        }
    }
}
