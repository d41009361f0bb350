package io.nodejoin.service.wiring;

import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.interceptors.WorkflowClientInterceptor;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Where something can be put around the effects of a service, to see what becomes of joins when one goes wrong. No configuration
 * and no file leads here: only a program that calls the {@code run} of the command line itself can, and Nodejoin's own puts nothing there.
 *
 * @param workers around workflows and activities, outside of everything that Nodejoin puts there
 * @param clients around the calls of intake and gateway to Temporal
 * @param requests around the consumer of the requests topic
 * @param deadLetters around the producer of the dead-letter topic
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

    /** Nothing around anything. */
    public static EffectInterceptors none() {
        return new EffectInterceptors(List.of(), List.of(), UnaryOperator.identity(), UnaryOperator.identity());
    }
}
