package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.e2e.ClusterView.Token;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Thieves who read each token's Secret as soon as it exists, and ask for the node's certificate with a key of their own
 * before the host can. {@code -Dnodejoin.thefts=50} runs more of them.
 */
@Tag("real")
@Tag("full")
@OnSharedBed
class TokenTheftE2E {
    private static final int THEFTS = Integer.getInteger("nodejoin.thefts", 10);
    /** More would compete for the processors, and come too late. */
    private static final int LANES = 3;

    private final SharedBed bed;

    TokenTheftE2E(SharedBed bed) {
        this.bed = bed;
    }

    /**
     * How one theft ended.
     *
     * @param decisions of all requests that were made with the stolen token
     */
    private record TheftResult(
            JoinSucceeded outcome,
            int tokens,
            boolean thiefGotCertificate,
            List<String> decisions,
            List<String> ready) {}

    @Test
    void shouldIssueNoCertificateToAThiefWhoAsksFirstAndJoinTheHostInTheSameAttempt() {
        // when
        List<TheftResult> results;
        try (ExecutorService lanes = Executors.newFixedThreadPool(LANES)) {
            results = IntStream.range(0, THEFTS)
                    .mapToObj(number -> CompletableFuture.supplyAsync(() -> steal("stolen-" + number), lanes))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        }

        // then
        assertThat(results).hasSize(THEFTS).allSatisfy(result -> {
            assertThat(result.thiefGotCertificate()).isFalse();
            assertThat(result.tokens()).isEqualTo(1);
            assertThat(result.decisions()).containsOnlyOnce("Approved NodejoinApproved");
            assertThat(result.decisions()).isSubsetOf("Approved NodejoinApproved", "Denied NodejoinDenied");
            assertThat(result.ready()).containsExactly(result.outcome().nodeUid());
        });
        assertThat(results)
                .filteredOn(result -> result.decisions().contains("Denied NodejoinDenied"))
                .hasSizeGreaterThan(THEFTS / 2);
    }

    private TheftResult steal(String name) {
        HostFixture fixture = bed.newHost(name);
        SimulatedHost host = bed.boot(fixture, Fault.NONE);
        try (TokenThief thief = new TokenThief(
                host.identity(),
                bed.testBed().directories().root().resolve("simulated").resolve("thief-of-" + name))) {
            String event = UUID.randomUUID().toString();
            JoinId join = JoinId.of(JoinRequestProducer.SOURCE, event);
            bed.requests().send(SharedBed.joinRequest(fixture), SharedBed.recordKey(fixture.node()), event);
            Token token = bed.cluster().awaitTokens(join).iterator().next();
            thief.useToken(bed.cluster().bootstrapKubeconfig(token));
            JoinSucceeded outcome = bed.outcomes().awaitOutcome(fixture.node(), JoinSucceeded.class);
            Set<Token> tokens = bed.cluster().tokens(join);
            return new TheftResult(
                    outcome,
                    tokens.size(),
                    thief.holdsCertificate(),
                    bed.cluster().decisions(token),
                    bed.cluster().ready(fixture.node()));
        }
    }
}
