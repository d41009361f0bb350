package io.nodejoin.service.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.kubernetes.token.TokenLedger;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrphanedJoinsTest {
    private static final WorkflowStatus.Closed TERMINATED = new WorkflowStatus.Closed(
            "ended as terminated", List.of(), WorkflowStatus.OutcomeState.PENDING, WorkflowStatus.Joined.NO);

    private final FakeOrphanCollector collector = new FakeOrphanCollector();

    @Test
    void shouldSayThatSomethingOfAJoinIsLeft() {
        // given
        TokenLedger.Entry token = collector.join("n1", "aaaaaa");
        OrphanedJoin orphan = OrphanedJoin.groupByJoin(collector.open, List.of(token), List.of())
                .getFirst();
        collector.failAt("unsign aaaaaa");
        OrphanedJoins joins = new OrphanedJoins(
                collector, new CollectorMetrics(new SimpleMeterRegistry(), FakeOrphanCollector.CLUSTER));

        // when
        Throwable thrown = catchThrowable(() ->
                joins.collect(orphan, TERMINATED, joins.revoke(orphan), new CollectionCycle.Age(Duration.ZERO, false)));

        // then
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.COMPENSATION_INCOMPLETE);
        assertThat(Failures.problemOf(thrown).detail()).startsWith("Token aaaaaa: ");
    }
}
