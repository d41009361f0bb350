package io.nodejoin.gateway.enrollment;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.temporal.FakeJoinWorkflows;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class JoinStartWatcherTest {
    private final FakeJoinWorkflows workflows = new FakeJoinWorkflows();
    private final AtomicBoolean needed = new AtomicBoolean(true);
    private final List<NodeRef> seen = new ArrayList<>();
    private final Instant now = Samples.NOON;
    private final JoinStartWatcher watcher =
            new JoinStartWatcher(workflows, needed::get, started -> seen.add(started.node()));

    @Test
    void shouldTellOfEachStartOnce() {
        // given
        workflows.start(Samples.WORKER_A, "", now.minusSeconds(3));
        watcher.check();
        // when
        watcher.check();
        // then
        assertThat(seen).containsExactly(Samples.WORKER_A.node());
    }

    @Test
    void shouldTellOfAStartThatIsListedLate() {
        // given
        workflows.start(Samples.WORKER_A, "", now);
        watcher.check();
        // when
        workflows.start(Samples.agent("late"), "", now.minusSeconds(8));
        watcher.check();
        // then
        assertThat(seen)
                .containsExactly(Samples.WORKER_A.node(), Samples.agent("late").node());
    }

    @Test
    void shouldAskForAllThatRunAndThenForWhatIsNew() {
        // given
        workflows.start(Samples.WORKER_A, "", now);
        watcher.check();
        // when
        watcher.check();
        // then
        assertThat(workflows.queries).containsExactly(Instant.EPOCH, now.minusSeconds(10));
    }

    @Test
    void shouldNotAskWhileNoAgentIsHere() {
        // given
        needed.set(false);
        // when
        watcher.check();
        // then
        assertThat(workflows.queries).isEmpty();
    }

    @Test
    void shouldAskAgainAfterTemporalWasAway() {
        // given
        workflows.start(Samples.WORKER_A, "", now);
        workflows.away.set(true);
        watcher.check();
        workflows.away.set(false);
        // when
        watcher.check();
        // then
        assertThat(seen).containsExactly(Samples.WORKER_A.node());
    }
}
