package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.join.HostProfile;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.workflows.certificate.ApprovalMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SuccessionTest {
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

    private final NodeRequest running = request("running", 0);
    private final Succession succession = new Succession(running);

    @Test
    void shouldLetTheNewestFollowWhateverTheOrder() {
        // given
        NodeRequest second = request("second", 2);
        NodeRequest third = request("third", 3);

        // then
        assertThat(succession.offer(second)).isEqualTo(new Succession.Place.Next(Optional.empty()));
        assertThat(succession.offer(third)).isEqualTo(new Succession.Place.Next(Optional.of(second)));
        assertThat(succession.offer(request("first", 1))).isInstanceOf(Succession.Place.Late.class);
        assertThat(succession.next()).contains(third);
    }

    @Test
    void shouldKnowEachRequestOnlyOnce() {
        // given
        NodeRequest second = request("second", 2);
        succession.offer(second);

        // then
        assertThat(succession.offer(second)).isEqualTo(new Succession.Place.Known());
        assertThat(succession.offer(running)).isEqualTo(new Succession.Place.Known());
    }

    @Test
    void shouldKeepTheFirstOfTwoThatAreAsOld() {
        // then
        assertThat(succession.offer(request("other", 0))).isInstanceOf(Succession.Place.Late.class);
        assertThat(succession.next()).isEmpty();
    }

    @Test
    void shouldNotDisplaceOneThatIsTakenOut() {
        // given
        NodeRequest second = request("second", 2);
        NodeRequest third = request("third", 3);
        succession.offer(second);

        // when
        Optional<NodeRequest> taken = succession.take();

        // then
        assertThat(taken).contains(second);
        assertThat(succession.offer(third)).isEqualTo(new Succession.Place.Next(Optional.empty()));
        assertThat(succession.take()).contains(third);
        assertThat(succession.take()).isEmpty();
    }

    @Test
    void shouldNotLetAnOlderOneFollowInThePlaceOfOneThatWasCancelled() {
        // given
        succession.offer(request("fifth", 5));

        // when
        succession.drop(cancel(6L));

        // then
        assertThat(succession.offer(request("third", 3))).isInstanceOf(Succession.Place.Late.class);
        assertThat(succession.offer(request("sixth", 6)))
                .isEqualTo(new Succession.Place.Late(cancel(6L).problem()));
        assertThat(succession.offer(request("seventh", 7))).isEqualTo(new Succession.Place.Next(Optional.empty()));
    }

    @Test
    void shouldLetALaterOneFollowInThePlaceOfOneThatAPersonHasCancelled() {
        // given
        succession.offer(request("second", 2));

        // when
        succession.drop(cancel(null));

        // then
        assertThat(succession.offer(request("first", 1))).isInstanceOf(Succession.Place.Late.class);
        assertThat(succession.offer(request("third", 3))).isEqualTo(new Succession.Place.Next(Optional.empty()));
    }

    private static AbortRequest cancel(@Nullable Long seconds) {
        return new AbortRequest("why", "a test", seconds == null ? null : NOON.plusSeconds(seconds));
    }

    private static NodeRequest request(String event, long seconds) {
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
                null);
        return new JoinRequest(
                JoinId.of("test", event),
                NOON.plusSeconds(seconds),
                wanted,
                NOON.plusSeconds(600),
                new JoinTerms(ApprovalMode.NODEJOIN, Duration.ofMinutes(10), List.of(), null));
    }
}
