package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent.Outcome;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Hosts whose kubelets bootstrap, against thieves of their tokens. {@code -Dnodejoin.races=100} runs more of them. */
@Tag("full")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@OnRestartedBed
class TokenTheftRaceE2E {
    private static final int RACES = Integer.getInteger("nodejoin.races", 20);
    /** So many run beside each other: a join that fails mostly waits for the API server to forget its token. */
    private static final int LANES = 20;
    /** From a thief that is ahead of the host to one that comes when the host is done. */
    private static final int MAX_DELAY_MILLIS = 600;

    private final SharedBed bed;

    TokenTheftRaceE2E(SharedBed bed) {
        this.bed = bed;
    }

    @BeforeAll
    void letKubeletsBootstrap() {
        bed.restartServiceWith(SharedBed.settings().withKubeletBootstrap());
    }

    @AfterAll
    void letAgentsBootstrap() {
        bed.restartServiceWith(SharedBed.settings());
    }

    /** How one race ended. */
    private record RaceResult(
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
                .map(race -> race * MAX_DELAY_MILLIS / RACES)
                .boxed()
                .toList();

        // when
        List<RaceResult> finishes;
        try (ExecutorService lanes = Executors.newFixedThreadPool(LANES)) {
            finishes = delays.stream()
                    .map(delay -> CompletableFuture.supplyAsync(() -> runRace(delay, Fault.NONE), lanes))
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
        RaceResult finish = runRace(0, Fault.KUBELET_HANGS_ONCE);

        // then
        assertThat(finish.joined()).isFalse();
        assertThat(finish.thiefGotCertificate()).isTrue();
        assertThat(finish.requests()).isEqualTo(1);
        assertThat(finish.nameHeld()).isTrue();
    }

    private RaceResult runRace(int delayMillis, Fault fault) {
        HostFixture fixture = bed.newHost("raced-" + delayMillis + (fault == Fault.NONE ? "" : "-alone"));
        SimulatedHost host = bed.boot(fixture, fault);
        try (TokenThief thief = new TokenThief(
                host.identity(),
                bed.testBed().directories().root().resolve("simulated").resolve("thief-" + UUID.randomUUID()))) {
            String event = UUID.randomUUID().toString();
            bed.requests().send(SharedBed.joinRequest(fixture), SharedBed.recordKey(fixture.node()), event);
            Token token = bed.cluster()
                    .awaitTokens(JoinId.of(JoinRequestProducer.SOURCE, event))
                    .iterator()
                    .next();
            CompletableFuture<Void> strike = CompletableFuture.runAsync(
                    () -> thief.useToken(bed.cluster().bootstrapKubeconfig(token)),
                    CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS));
            Outcome outcome = bed.outcomes().awaitOutcome(fixture.node(), Outcome.class);
            strike.join();
            return new RaceResult(
                    fixture.node().value(),
                    outcome,
                    thief.holdsCertificate(),
                    bed.cluster().decisions(token).size(),
                    bed.cluster().ready(fixture.node()),
                    bed.cluster().isQuarantinedForAll(fixture.node()));
        }
    }
}
