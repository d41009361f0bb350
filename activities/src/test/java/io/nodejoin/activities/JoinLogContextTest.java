package io.nodejoin.activities;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinLogContextTest {
    private static final ClusterName CLUSTER = new ClusterName("fra-1");
    private static final JoinId JOIN = JoinId.of("test", "1");

    @Test
    void shouldFindTheJoinOfATokensActivity() {
        assertThat(JoinLogContext.find(List.of(new TokenRef(CLUSTER, JOIN, new TokenId("abc123"))), 3))
                .hasValue(JOIN);
    }

    @Test
    void shouldFindTheJoinOfPublishedEvents() {
        // given
        Instant at = Instant.EPOCH;
        OutcomeEvent event = new OutcomeEvent(
                "id-1", CLUSTER, "w1", at, new JoinAccepted(CLUSTER, new NodeName("w1"), JOIN, at, null));

        // then
        assertThat(JoinLogContext.find(List.of(List.of(event)), 3)).hasValue(JOIN);
    }

    @Test
    void shouldFindNoneWhereThereIsNone() {
        assertThat(JoinLogContext.find(List.of(CLUSTER, "text"), 3)).isEmpty();
    }
}
