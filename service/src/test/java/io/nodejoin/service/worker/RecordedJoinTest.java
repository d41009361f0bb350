package io.nodejoin.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.client.config.TemporalPayloads;
import io.nodejoin.client.config.UnencryptedPayloads;
import io.nodejoin.client.temporal.PayloadProtection;
import io.nodejoin.workflows.NodeWorkflowRegistration;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.converter.DataConverter;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedJoinTest {
    private static final DataConverter PLAIN = DataConverters.dataConverter();

    @TempDir
    private Path directory;

    private @Nullable TestWorkflowEnvironment temporal;

    @AfterEach
    void close() {
        if (temporal != null) {
            temporal.close();
        }
    }

    private Worker worker(DataConverter dataConverter) {
        temporal = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(dataConverter)
                        .build())
                .build());
        return temporal.newWorker("joins");
    }

    private DataConverter encrypting() throws IOException {
        String key = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[32]);
        Path keys = Files.writeString(
                directory.resolve("keys.jwks"), "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"" + key + "\"}]}");
        return PayloadProtection.of(new TemporalPayloads(keys, UnencryptedPayloads.REFUSE, false))
                .dataConverter();
    }

    @Test
    void shouldBeReplayedByAWorkerThatHasNotStarted() {
        // given
        Worker worker = worker(PLAIN);
        NodeWorkflowRegistration.register(worker);

        // when
        boolean replayed = RecordedJoin.replay(worker, PLAIN);

        // then
        assertThat(replayed).isTrue();
    }

    @Test
    void shouldBeReplayedByAWorkerThatTakesEncryptedDataOnly() throws IOException {
        // given
        DataConverter encrypting = encrypting();
        Worker worker = worker(encrypting);
        NodeWorkflowRegistration.register(worker);

        // when
        boolean replayed = RecordedJoin.replay(worker, encrypting);

        // then
        assertThat(replayed).isTrue();
    }

    @Test
    void shouldNotFailTheStartOfAWorkerThatCannotReplayIt() {
        // given
        Worker worker = worker(PLAIN);

        // when
        boolean replayed = RecordedJoin.replay(worker, PLAIN);

        // then
        assertThat(replayed).isFalse();
    }
}
