package io.nodejoin.cli;

import io.cloudevents.CloudEvent;
import io.nodejoin.activities.kafka.EventRecords;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.client.kafka.EventSignature;
import io.nodejoin.client.kafka.KafkaSettings;
import io.nodejoin.protocol.event.LifecycleEvent;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Publishes a request on the requests topic, signed if there is a key. */
final class RequestSender {
    static final URI SOURCE = URI.create("/nodejoin/cli");

    /** Where the private key is, unless the command line says it. */
    private static final String SIGNING_KEY = "NODEJOIN_SIGNING_KEY";

    private final Map<String, String> environment;
    private final Clock clock;

    @Option(
            names = "--signing-key",
            paramLabel = "FILE",
            description = "sign the request with this private key, a JWK of type EC or OKP (the file in"
                    + " NODEJOIN_SIGNING_KEY)")
    private @Nullable Path signingKey;

    RequestSender(Map<String, String> environment, Clock clock) {
        this.environment = environment;
        this.clock = clock;
    }

    /** Returns once the broker has acknowledged the request. */
    RecordMetadata send(KafkaConfig kafka, LifecycleEvent.Request request, String eventId)
            throws ConfigException, ExecutionException, InterruptedException {
        byte[] key = request.recordKey().getBytes(StandardCharsets.UTF_8);
        CloudEvent event = signed(EventRecords.toCloudEvent(eventId, SOURCE, clock.instant(), request));
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                new KafkaSettings(kafka).producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
            return producer.send(EventRecords.toRecord(kafka.requestsTopic(), key, event))
                    .get();
        }
    }

    private CloudEvent signed(CloudEvent event) {
        String file = signingKey == null ? environment.get(SIGNING_KEY) : signingKey.toString();
        if (file == null) {
            return event;
        }
        try {
            return EventSignature.sign(event, PublicJsonWebKey.Factory.newPublicJwk(Files.readString(Path.of(file))));
        } catch (IOException | JoseException e) {
            throw new CliException(ExitCodes.USAGE, "cannot sign with the key in " + file + ": " + e.getMessage(), e);
        }
    }
}
