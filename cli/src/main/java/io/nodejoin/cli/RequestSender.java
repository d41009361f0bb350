package io.nodejoin.cli;

import io.cloudevents.CloudEvent;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.service.config.ConfigException;
import io.nodejoin.service.kafka.EventRecords;
import io.nodejoin.service.kafka.EventSignature;
import io.nodejoin.service.kafka.KafkaSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/** Publishes requests of the command line on the requests topic, signed if there is a key. */
final class RequestSender {
    static final URI SOURCE = URI.create("/nodejoin/cli");

    private final KafkaSettings settings;
    private final String topic;
    private final Clock clock;
    private final @Nullable Path signingKey;

    RequestSender(KafkaSettings settings, String topic, Clock clock, @Nullable Path signingKey) {
        this.settings = settings;
        this.topic = topic;
        this.clock = clock;
        this.signingKey = signingKey;
    }

    /** Publishes a request. Returns once the broker has acknowledged it. */
    void send(ClusterName cluster, NodeName node, LifecycleEvent.Request request, String eventId)
            throws ConfigException, ExecutionException, InterruptedException {
        byte[] key = (cluster + "/" + node).getBytes(StandardCharsets.UTF_8);
        CloudEvent event = signed(EventRecords.toCloudEvent(eventId, SOURCE, clock.instant(), request));
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(settings.producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(EventRecords.toRecord(topic, key, event)).get();
        }
    }

    private CloudEvent signed(CloudEvent event) {
        if (signingKey == null) {
            return event;
        }
        try {
            return EventSignature.sign(event, PublicJsonWebKey.Factory.newPublicJwk(Files.readString(signingKey)));
        } catch (IOException | JoseException e) {
            throw new CliException(
                    ExitCodes.USAGE, "cannot sign with the key in " + signingKey + ": " + e.getMessage(), e);
        }
    }
}
