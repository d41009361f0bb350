package io.nodejoin.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.workflows.NodeWorkflowRegistration;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordedJoinTest {
    private final TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(DataConverters.dataConverter())
                            .build())
                    .build());
    private final Worker worker = temporal.newWorker("joins");

    @AfterEach
    void close() {
        temporal.close();
    }

    @Test
    void shouldBeReplayedByAWorkerThatHasNotStarted() {
        // given
        NodeWorkflowRegistration.register(worker);

        // when
        boolean replayed = RecordedJoin.replay(worker);

        // then
        assertThat(replayed).isTrue();
    }

    @Test
    void shouldNotFailTheStartOfAWorkerThatCannotReplayIt() {
        // when
        boolean replayed = RecordedJoin.replay(worker);

        // then
        assertThat(replayed).isFalse();
    }
}
