import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.CloudEventDeserializer;
import io.cloudevents.kafka.CloudEventSerializer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

/** Requests a join and waits for its outcome. See ../README.md for the settings and the exit codes. */
public final class JoinProducer {
    private static final String SOURCE = "/producers/java";
    private static final String TYPE = "io.nodejoin.join.";
    private static final Map<String, Integer> EXIT_CODES =
            Map.of("succeeded", 0, "failed", 1, "cancelled", 1, "rejected", 6);
    private static final int STILL_RUNNING = 5;
    private static final JsonMapper JSON = new JsonMapper();

    private final String brokers = required("KAFKA_BOOTSTRAP_SERVERS");
    private final String cluster = required("NODEJOIN_CLUSTER");
    private final String node = required("NODEJOIN_NODE");
    private final String secret = required("NODEJOIN_ENROLLMENT_SECRET");
    private final String signingKey = optional("NODEJOIN_SIGNING_KEY", "");
    private final String requests = optional("NODEJOIN_REQUESTS_TOPIC", "nodejoin.requests.v1");
    private final String events = optional("NODEJOIN_EVENTS_TOPIC", "nodejoin.events.v1");
    private final Duration timeout = Duration.ofSeconds(Long.parseLong(optional("NODEJOIN_TIMEOUT_SECONDS", "900")));

    public static void main(String[] args) throws Exception {
        System.exit(new JoinProducer().run());
    }

    private int run() throws IOException, JoseException, ExecutionException, InterruptedException {
        String requestId = UUID.randomUUID().toString();
        String joinId = sha256((SOURCE + "\0" + requestId).getBytes(StandardCharsets.UTF_8)).substring(0, 32);
        try (KafkaConsumer<String, CloudEvent> consumer = consumerAtEnd()) {
            publish(requestId);
            System.out.println("requested " + node + ", join " + joinId);
            return follow(consumer, joinId, requestId);
        }
    }

    /** Positions the consumer before the request is sent, so that no answer is missed. */
    private KafkaConsumer<String, CloudEvent> consumerAtEnd() {
        KafkaConsumer<String, CloudEvent> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", brokers), new StringDeserializer(), new CloudEventDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(events).stream()
                .map(partition -> new TopicPartition(events, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // it seeks only when it is asked
        return consumer;
    }

    private void publish(String requestId)
            throws IOException, JoseException, ExecutionException, InterruptedException {
        CloudEvent request = CloudEventBuilder.v1()
                .withId(requestId)
                .withSource(URI.create(SOURCE))
                .withType(TYPE + "requested.v1")
                .withTime(OffsetDateTime.now(ZoneOffset.UTC))
                .withData(
                        "application/json",
                        JSON.writeValueAsBytes(
                                Map.of("cluster", cluster, "nodeName", node, "enrollment", sha256(secret.getBytes(StandardCharsets.UTF_8)))))
                .build();
        try (KafkaProducer<String, CloudEvent> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers, "acks", "all"),
                new StringSerializer(),
                new CloudEventSerializer())) {
            CloudEvent sent = signingKey.isEmpty() ? request : signed(request);
            producer.send(new ProducerRecord<>(requests, cluster + "/" + node, sent)).get();
        }
    }

    /** Adds a JWT whose claims are the event's attributes and the digest of its data. */
    private CloudEvent signed(CloudEvent request) throws IOException, JoseException {
        PublicJsonWebKey key = PublicJsonWebKey.Factory.newPublicJwk(Files.readString(Path.of(signingKey)));
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(request.getSource().toString());
        claims.setJwtId(request.getId());
        claims.setClaim("type", request.getType());
        claims.setClaim("time", request.getTime().toInstant().toString());
        claims.setClaim("data", sha256(request.getData().toBytes()));
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        signature.setKeyIdHeaderValue(key.getKeyId());
        signature.setKey(key.getPrivateKey());
        signature.setPayload(claims.toJson());
        return CloudEventBuilder.v1(request)
                .withExtension("nodejoinsignature", signature.getCompactSerialization())
                .build();
    }

    private int follow(KafkaConsumer<String, CloudEvent> consumer, String joinId, String requestId)
            throws IOException {
        Instant end = Instant.now().plus(timeout);
        while (Instant.now().isBefore(end)) {
            for (ConsumerRecord<String, CloudEvent> next : consumer.poll(Duration.ofSeconds(1))) {
                JsonNode data = JSON.readTree(next.value().getData().toBytes());
                if (joinId.equals(data.path("joinId").asText()) || requestId.equals(data.path("requestId").asText())) {
                    String type = next.value().getType();
                    String what = type.substring(TYPE.length(), type.length() - ".v1".length());
                    System.out.println(what + " " + data.path("phase").asText() + data.path("reason").asText());
                    if (EXIT_CODES.containsKey(what)) {
                        return ended(what, data);
                    }
                }
            }
        }
        System.err.println("no outcome within " + timeout.toSeconds() + " s");
        return STILL_RUNNING;
    }

    private static int ended(String what, JsonNode data) {
        int code = EXIT_CODES.get(what);
        if (code != 0) {
            System.err.println(data.toPrettyString());
        }
        return code;
    }

    private static String required(String name) {
        return Optional.ofNullable(System.getenv(name))
                .orElseThrow(() -> new IllegalArgumentException(name + " is not set"));
    }

    private static String optional(String name, String fallback) {
        return System.getenv().getOrDefault(name, fallback);
    }

    private static String sha256(byte[] data) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
