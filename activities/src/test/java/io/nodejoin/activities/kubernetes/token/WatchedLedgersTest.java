package io.nodejoin.activities.kubernetes.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class WatchedLedgersTest {
    private static final ClusterName CLUSTER = new ClusterName("c");
    private static final JoinId JOIN = JoinId.of("s", "1");
    private static final JoinId OTHER = JoinId.of("s", "2");
    private static final TokenLedger.Entry EARLIER = entry("abc111", JOIN);
    private static final TokenLedger.Entry LATER = entry("abc222", JOIN);

    private final List<ConfigMap> watched = new ArrayList<>();
    private boolean watching = true;
    private long nanos;
    private final WatchedLedgers ledgers = new WatchedLedgers(
            _ -> Optional.of(List.copyOf(watched)).filter(_ -> watching),
            (_, join) -> Optional.of(watched.stream()
                            .filter(found ->
                                    join.equals(found.getMetadata().getLabels().get("nodejoin.io/join-id")))
                            .toList())
                    .filter(_ -> watching),
            () -> nanos);

    @Test
    void shouldTellOfTheEntriesOfAJoinAndNoOthers() {
        // given
        watched.add(object(EARLIER));
        watched.add(object(entry("abc333", OTHER)));

        // when
        Optional<List<TokenLedger.Entry>> found = ledgers.ofJoin(CLUSTER, JOIN);

        // then
        assertThat(found).contains(List.of(EARLIER));
        assertThat(ledgers.find(EARLIER.token())).contains(EARLIER);
        assertThat(ledgers.find(entry("abc333", JOIN).token())).isEmpty();
    }

    @Test
    void shouldTellOfAnEntryOfThisProcessBeforeTheWatchDoes() {
        // given
        watched.add(object(EARLIER));

        // when
        ledgers.created(LATER);

        // then
        assertThat(ledgers.ofJoin(CLUSTER, JOIN)).contains(List.of(EARLIER, LATER));
        assertThat(ledgers.count(CLUSTER)).hasValue(2);
    }

    @Test
    void shouldCountAnEntryOnceWhenTheWatchTellsOfIt() {
        // given
        ledgers.created(LATER);

        // when
        watched.add(object(LATER));

        // then
        assertThat(ledgers.ofJoin(CLUSTER, JOIN)).contains(List.of(LATER));
        assertThat(ledgers.count(CLUSTER)).hasValue(1);
    }

    @Test
    void shouldForgetAnEntryThatThisProcessHasDeleted() {
        // given
        ledgers.created(LATER);

        // when
        ledgers.deleted(LATER.token());

        // then
        assertThat(ledgers.ofJoin(CLUSTER, JOIN)).contains(List.of());
    }

    @Test
    void shouldCountEntriesOfTokensAlone() {
        // given
        watched.add(object(EARLIER));
        watched.add(new ConfigMapBuilder(object(EARLIER))
                .editMetadata()
                .withName("join-" + JOIN)
                .endMetadata()
                .build());
        watched.add(new ConfigMapBuilder(object(LATER)).withData(Map.of()).build());

        // when
        OptionalInt count = ledgers.count(CLUSTER);

        // then
        assertThat(count).as("with the one that cannot be parsed").hasValue(2);
    }

    @Test
    void shouldKnowNothingWhileTheWatchIsInterrupted() {
        // given
        watched.add(object(EARLIER));

        // when
        watching = false;

        // then
        assertThat(ledgers.ofJoin(CLUSTER, JOIN)).isEmpty();
        assertThat(ledgers.find(EARLIER.token())).isEmpty();
        assertThat(ledgers.count(CLUSTER)).isEmpty();
    }

    @Test
    void shouldKnowNothingOnceAnEntryOfThisProcessDoesNotAppear() {
        // given
        ledgers.created(LATER);

        // when
        nanos += Duration.ofSeconds(5).toNanos();

        // then
        assertThat(ledgers.ofJoin(CLUSTER, JOIN)).isEmpty();
        assertThat(ledgers.count(CLUSTER)).isEmpty();
        assertThat(ledgers.count(new ClusterName("other"))).hasValue(0);
    }

    @Test
    void shouldTrustTheWatchAgainWhenTheEntryAppears() {
        // given
        ledgers.created(LATER);
        nanos += Duration.ofSeconds(5).toNanos();

        // when
        watched.add(object(LATER));

        // then
        assertThat(ledgers.ofJoin(CLUSTER, JOIN)).contains(List.of(LATER));
    }

    @Test
    void shouldNotDistrustTheWatchForeverWhenOthersHaveDeletedAnEntryAtOnce() {
        // given
        ledgers.created(LATER);

        // when
        nanos += Duration.ofMinutes(1).toNanos();

        // then
        assertThat(ledgers.ofJoin(CLUSTER, JOIN)).contains(List.of());
    }

    private static TokenLedger.Entry entry(String id, JoinId join) {
        return new TokenLedger.Entry(
                new TokenRef(CLUSTER, join, new TokenId(id)),
                new NodeName("worker-1"),
                "machine-1",
                1,
                null,
                Instant.EPOCH,
                new WorkflowRun("default", "run"),
                "uid-" + id);
    }

    private static ConfigMap object(TokenLedger.Entry entry) {
        Map<String, String> data = new HashMap<>(entry.run().toData());
        data.put("node", entry.node().value());
        data.put("machineId", "machine-1");
        data.put("attempt", Integer.toString(entry.attempt()));
        data.put("expiresAt", entry.expiresAt().toString());
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName("token-" + entry.token().tokenId())
                .withUid(entry.uid())
                .addToLabels("nodejoin.io/join-id", entry.token().joinId().value())
                .endMetadata()
                .withData(data)
                .build();
    }
}
