package io.nodejoin.cli;

import io.nodejoin.activities.RootCause;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.KafkaConfig;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TimeoutException;

/** Calls Kafka. A failure names the address tried, and the setting that changes it. */
record KafkaCalls(KafkaConfig at) {

    /** A call that may fail in all the ways of Kafka's clients. */
    @FunctionalInterface
    interface Call<T> {
        T call() throws ConfigException, ExecutionException, InterruptedException;
    }

    <T> T call(Call<T> call) throws InterruptedException {
        try {
            return call.call();
        } catch (KafkaException | ExecutionException e) {
            throw unreachable(e);
        } catch (ConfigException e) {
            throw new CliException(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private CliException unreachable(Exception thrown) {
        Throwable cause = RootCause.find(thrown);
        boolean answered = cause instanceof ApiException && !(cause instanceof TimeoutException);
        return new CliException(
                ExitCodes.UNREACHABLE,
                answered
                        ? "Kafka at %s refuses: %s".formatted(at.bootstrapServers(), cause.getMessage())
                        : "cannot reach Kafka at %s: %s; set KAFKA_BOOTSTRAP_SERVERS, or kafka.bootstrapServers in the"
                                        .formatted(at.bootstrapServers(), ConnectionFault.describe(thrown))
                                + " file of --config",
                thrown);
    }
}
