package io.nodejoin.workflows.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.node.NodeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PendingRequestsTest {
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

    private final NodeRequest running = request("running", 0);
    private final PendingRequests pending = new PendingRequests(running);

    @Test
    void shouldContinueWithTheNewestRequestInAnyOrder() {
        // given
        NodeRequest second = request("second", 2);
        NodeRequest third = request("third", 3);

        // then
        assertThat(pending.offer(second)).isEqualTo(new PendingRequests.OfferResult.Accepted(Optional.empty()));
        assertThat(pending.offer(third)).isEqualTo(new PendingRequests.OfferResult.Accepted(Optional.of(second)));
        assertThat(pending.offer(request("first", 1))).isInstanceOf(PendingRequests.OfferResult.Refused.class);
        assertThat(pending.next()).contains(third);
    }

    @Test
    void shouldRecogniseEachDuplicateRequest() {
        // given
        NodeRequest second = request("second", 2);
        pending.offer(second);

        // then
        assertThat(pending.offer(second)).isEqualTo(new PendingRequests.OfferResult.Duplicate());
        assertThat(pending.offer(running)).isEqualTo(new PendingRequests.OfferResult.Duplicate());
    }

    @Test
    void shouldKeepTheFirstOfTwoOfTheSameGeneration() {
        // then
        assertThat(pending.offer(request("other", 0))).isInstanceOf(PendingRequests.OfferResult.Refused.class);
        assertThat(pending.next()).isEmpty();
    }

    @Test
    void shouldNotReportARemovedRequestAsDisplaced() {
        // given
        NodeRequest second = request("second", 2);
        NodeRequest third = request("third", 3);
        pending.offer(second);

        // when
        Optional<NodeRequest> taken = pending.takeNext();

        // then
        assertThat(taken).contains(second);
        assertThat(pending.offer(third)).isEqualTo(new PendingRequests.OfferResult.Accepted(Optional.empty()));
        assertThat(pending.takeNext()).contains(third);
        assertThat(pending.takeNext()).isEmpty();
    }

    @Test
    void shouldRejectAnOlderRequestInPlaceOfACancelledOne() {
        // given
        pending.offer(request("fifth", 5));

        // when
        pending.removeIfAborted(cancel(6L));

        // then
        assertThat(pending.offer(request("third", 3))).isInstanceOf(PendingRequests.OfferResult.Refused.class);
        assertThat(pending.offer(request("sixth", 6)))
                .isEqualTo(new PendingRequests.OfferResult.Refused(cancel(6L).toProblem()));
        assertThat(pending.offer(request("seventh", 7)))
                .isEqualTo(new PendingRequests.OfferResult.Accepted(Optional.empty()));
    }

    @Test
    void shouldAcceptALaterRequestInPlaceOfACancelledOne() {
        // given
        pending.offer(request("second", 2));

        // when
        pending.removeIfAborted(cancel(null));

        // then
        assertThat(pending.offer(request("first", 1))).isInstanceOf(PendingRequests.OfferResult.Refused.class);
        assertThat(pending.offer(request("third", 3)))
                .isEqualTo(new PendingRequests.OfferResult.Accepted(Optional.empty()));
    }

    @Test
    void shouldReplaceOnlyRequestsOfItsPoolIfItIsConfinedToIt() {
        // given
        PendingRequests ofBatch = new PendingRequests(request("running", 0, "batch", null));

        // then
        assertThat(ofBatch.offer(request("stranger", 1, "web", true)))
                .isInstanceOfSatisfying(
                        PendingRequests.OfferResult.Refused.class,
                        refused -> assertThat(refused.problem().code()).isEqualTo(ErrorCode.NODE_NOT_IN_POOL));
        assertThat(ofBatch.offer(request("member", 2, "batch", true)))
                .isInstanceOf(PendingRequests.OfferResult.Accepted.class);
        assertThat(ofBatch.offer(request("anybody", 3, "web", null)))
                .isInstanceOf(PendingRequests.OfferResult.Accepted.class);
        assertThat(ofBatch.offer(request("late", 4, "batch", true)))
                .isInstanceOf(PendingRequests.OfferResult.Refused.class);
        assertThat(ofBatch.next()).map(NodeRequest::joinId).contains(JoinId.of("test", "anybody"));
    }

    @Test
    void shouldAbortOnlyARequestOfThePool() {
        // given
        PendingRequests ofBatch = new PendingRequests(request("running", 0, "batch", null));
        AbortRequest ofWeb = new AbortRequest("why", "a test", null, new PoolName("web"));
        AbortRequest sameBatch = new AbortRequest("why", "a test", null, new PoolName("batch"));

        // then
        assertThat(ofBatch.canAbort(ofWeb, true)).isFalse();
        assertThat(ofBatch.canAbort(sameBatch, true)).isTrue();
        assertThat(pending.canAbort(ofWeb, true)).isFalse();
    }

    private static AbortRequest cancel(@Nullable Long seconds) {
        return new AbortRequest("why", "a test", seconds == null ? null : NOON.plusSeconds(seconds), null);
    }

    private static NodeRequest request(String event, long seconds) {
        return request(event, seconds, null, null);
    }

    private static NodeRequest request(
            String event, long seconds, @Nullable String pool, @Nullable Boolean confinedToPool) {
        JoinRequested wanted = new JoinRequested(
                new ClusterName("kraken"),
                new NodeName("w1"),
                "0f".repeat(32),
                List.of(),
                Map.of(),
                List.of(),
                null,
                HostProfile.CONTAINERD,
                List.of(),
                null,
                null,
                null,
                null,
                pool == null ? null : new PoolName(pool),
                null);
        return new JoinRequest(
                JoinId.of("test", event),
                NOON.plusSeconds(seconds),
                wanted,
                NOON.plusSeconds(600),
                new JoinPolicy(
                        ApprovalMode.NODEJOIN,
                        TlsBootstrap.AGENT,
                        NodeObject.NODEJOIN,
                        Duration.ofMinutes(10),
                        List.of(),
                        null,
                        null),
                confinedToPool);
    }
}
