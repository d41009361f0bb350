package io.nodejoin.service.wiring;

import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.interceptors.WorkflowClientInterceptor;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Interceptors around the service's effects, for fault injection. No configuration sets them; only a program that calls
 * the {@code run} method of the command line can, and Nodejoin's own sets none.
 *
 * @param workers worker interceptors, outside of Nodejoin's own
 * @param clients interceptors of the calls of intake and gateway to Temporal
 * @param requests wraps the consumer of the requests topic
 * @param deadLetters wraps the producer of the dead-letter topic
 */
public record EffectInterceptors(
        List<WorkerInterceptor> workers,
        List<WorkflowClientInterceptor> clients,
        UnaryOperator<Consumer<byte[], byte[]>> requests,
        UnaryOperator<Producer<byte[], byte[]>> deadLetters) {
    public EffectInterceptors {
        workers = List.copyOf(workers);
        clients = List.copyOf(clients);
    }

    /** Returns no interceptors. */
    public static EffectInterceptors none() {
        return new EffectInterceptors(List.of(), List.of(), UnaryOperator.identity(), UnaryOperator.identity());
    }
}
