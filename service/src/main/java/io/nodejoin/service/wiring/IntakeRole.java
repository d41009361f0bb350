package io.nodejoin.service.wiring;

import io.nodejoin.client.config.ConfigException;
import io.nodejoin.gateway.enrollment.EnrollmentHandover;
import io.nodejoin.service.health.Readiness;
import io.nodejoin.service.intake.EventIntake;
import io.nodejoin.service.intake.KafkaDeadLetters;
import io.nodejoin.service.intake.RecordProcessor;
import io.nodejoin.service.intake.RequestKeys;
import io.nodejoin.service.intake.RequestReader;
import io.nodejoin.service.worker.PolledQueue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** The consumer of requests, which starts joins and leaves. */
final class IntakeRole implements RoleParts {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    private final Producer<byte[], byte[]> deadLetters;
    private final EventIntake intake;

    /** @param gateway the gateway of this process, whose waiting agents need not ask for joins that start here */
    IntakeRole(ProcessContext process, @Nullable GatewayRole gateway) throws ConfigException {
        KafkaClients kafka = process.connections().kafka();
        this.deadLetters = kafka.deadLetters();
        this.intake = new EventIntake(
                kafka.consumers(),
                process.config().kafka().requestsTopic(),
                recordProcessor(process, gateway),
                process.config().join().maxConcurrentStarts(),
                process.nanoTime(),
                process.scheduler(),
                process.connections().meters());
    }

    private RecordProcessor recordProcessor(ProcessContext process, @Nullable GatewayRole gateway)
            throws ConfigException {
        RequestReader reader = new RequestReader(
                process.config().joinPolicies(),
                RequestKeys.load(process.config().requestKeysFiles()),
                process.config().join().deadline(),
                process.clock());
        return new RecordProcessor(
                reader,
                process.joinStarter(
                        gateway == null
                                ? EnrollmentHandover.none()
                                : gateway.gateway().enrollmentHandover()),
                process.machineOffers(),
                new KafkaDeadLetters(deadLetters, process.config().kafka(), process.clock()),
                gateway == null ? (_, _) -> {} : gateway.gateway()::joinStarted,
                process.connections().meters(),
                process.connections().tracing().requests());
    }

    /** Returns the producer of dead letters and of repeated requests. */
    Producer<byte[], byte[]> deadLetters() {
        return deadLetters;
    }

    @Override
    public List<Lifecycle.Part> background() {
        return List.of(Lifecycle.Part.stopping("producer of dead letters", () -> deadLetters.close(CLOSE_TIMEOUT)));
    }

    @Override
    public List<Lifecycle.Part> entrances() {
        return List.of(new Lifecycle.Part("intake", intake::start, intake::stop));
    }

    @Override
    public Map<String, Readiness.Probe> probes() {
        return Map.of("intake", intake);
    }

    @Override
    public List<PolledQueue> queues() {
        return List.of();
    }
}
