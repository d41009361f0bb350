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

class ActivityArgumentsTest {
    private static final ClusterName CLUSTER = new ClusterName("fra-1");
    private static final JoinId JOIN = JoinId.of("test", "1");

    @Test
    void shouldFindTheJoinOfATokensActivity() {
        assertThat(ActivityArguments.find(
                        JoinId.class, new Object[] {new TokenRef(CLUSTER, JOIN, new TokenId("abc123"))}))
                .hasValue(JOIN);
    }

    @Test
    void shouldFindTheJoinOfPublishedEvents() {
        // given
        Instant at = Instant.EPOCH;
        OutcomeEvent event = new OutcomeEvent(
                "id-1", CLUSTER, "w1", at, new JoinAccepted(CLUSTER, new NodeName("w1"), JOIN, at, null));

        // then
        assertThat(ActivityArguments.find(JoinId.class, new Object[] {List.of(event)}))
                .hasValue(JOIN);
    }

    @Test
    void shouldFindNoneWhereThereIsNone() {
        assertThat(ActivityArguments.find(JoinId.class, new Object[] {CLUSTER, "text"}))
                .isEmpty();
    }
}
