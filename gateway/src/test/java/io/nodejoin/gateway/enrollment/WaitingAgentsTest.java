package io.nodejoin.gateway.enrollment;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WaitingAgentsTest {
    private static final NodeRef NODE = Samples.WORKER_A.node();

    private final ManualScheduler time = new ManualScheduler();
    private final WaitingAgents agents = new WaitingAgents(time::nanoTime);

    @Test
    void shouldCountFromTheFirstRequest() {
        // given
        agents.seen(NODE, "192.0.2.1", null);
        time.advance(Duration.ofSeconds(50));
        agents.seen(NODE, "192.0.2.1", null);
        time.advance(Duration.ofSeconds(50));

        // when
        var listed = agents.list();

        // then
        assertThat(listed).containsExactly(new WaitingAgents.Waiting(NODE, "192.0.2.1", Duration.ofSeconds(100), null));
    }

    @Test
    void shouldForgetWhoDoesNotAskAnyMore() {
        // given
        agents.seen(NODE, "192.0.2.1", null);
        time.advance(Duration.ofSeconds(61));

        // when
        var gone = agents.list();
        agents.seen(NODE, "192.0.2.1", null);

        // then
        assertThat(gone).isEmpty();
        assertThat(agents.list()).extracting(WaitingAgents.Waiting::waitedFor).containsExactly(Duration.ZERO);
    }

    @Test
    void shouldForgetWhoseRequestIsDecided() {
        // given
        agents.seen(NODE, "192.0.2.1", null);
        agents.seen(NODE, "192.0.2.2", null);

        // when
        agents.remove(NODE, "192.0.2.1");

        // then
        assertThat(agents.list()).extracting(WaitingAgents.Waiting::address).containsExactly("192.0.2.2");
    }

    @Test
    void shouldKeepTheFirstOfManyUntilTheyAreGone() {
        // given
        for (int i = 0; i < 2000; i++) {
            agents.seen(NODE, "192.0.2." + i, null);
        }
        int kept = agents.list().size();
        time.advance(Duration.ofSeconds(61));

        // when
        agents.seen(NODE, "198.51.100.1", null);

        // then
        assertThat(kept).isEqualTo(1000);
        assertThat(agents.list()).extracting(WaitingAgents.Waiting::address).containsExactly("198.51.100.1");
    }
}
