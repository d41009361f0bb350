package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.nodejoin.activities.kafka.EventRecords;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.kafka.EventSignature;
import io.nodejoin.client.kafka.KeyScope;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignedRequestTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final String DATA = """
            {"cluster":"west","nodeName":"w1","enrollment":"%s"}""".formatted("0a".repeat(32));
    private static final PublicJsonWebKey OURS = key("fleet-1");
    private static final PublicJsonWebKey FOREIGN = key("fleet-1");
    private static final PublicJsonWebKey UNLIMITED = key("fleet-2");

    @TempDir
    private Path directory;

    private Path file;
    private RequestReader reader;

    @BeforeEach
    void makeReader() throws IOException, ConfigException {
        file = directory.resolve("keys.jwks");
        trust(OURS);
        reader = new RequestReader(
                RequestReaderTest.CLUSTERS,
                RequestKeys.load(Map.of(new ClusterName("west"), file)),
                Duration.ofMinutes(14),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private void trust(PublicJsonWebKey... keys) throws IOException {
        Files.writeString(file, new JsonWebKeySet(keys).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
    }

    private static PublicJsonWebKey key(String id) {
        try {
            PublicJsonWebKey key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
            key.setKeyId(id);
            return key;
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static CloudEvent event() {
        return CloudEventBuilder.v1()
                .withId("e1")
                .withSource(URI.create("/fleet"))
                .withType("io.nodejoin.join.requested.v1")
                .withTime(NOW.minusSeconds(1).atOffset(ZoneOffset.UTC))
                .withData("application/json", DATA.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private static CloudEvent signed(PublicJsonWebKey key) {
        try {
            return EventSignature.sign(event(), key);
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private RequestDecision read(CloudEvent event) {
        ProducerRecord<byte[], byte[]> sent = EventRecords.toRecord("requests", null, event);
        ConsumerRecord<byte[], byte[]> read = new ConsumerRecord<>("requests", 0, 0, null, sent.value());
        sent.headers().forEach(read.headers()::add);
        return reader.parseRequest(read);
    }

    private static void assertUnauthenticated(RequestDecision verdict) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        RequestDecision.Reject.class,
                        reject -> assertThat(reject.rejection().problem().code())
                                .isEqualTo(ErrorCode.EVENT_UNAUTHENTICATED));
    }

    @Test
    void shouldBelieveARequestThatAKeyOfItsClusterSigned() {
        // when
        RequestDecision verdict = read(signed(OURS));

        // then
        assertThat(verdict).isInstanceOf(RequestDecision.Start.class);
    }

    @Test
    void shouldBelieveEveryKindOfKeyThatItPromises() throws IOException, JoseException {
        for (PublicJsonWebKey key : Stream.of(
                        EcJwkGenerator.generateJwk(EllipticCurves.P384), OkpJwkGenerator.generateJwk("Ed25519"))
                .toList()) {
            // given
            trust(key);

            // when
            RequestDecision verdict = read(signed(key));

            // then
            assertThat(verdict).isInstanceOf(RequestDecision.Start.class);
        }
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                change("id", event -> CloudEventBuilder.v1(event).withId("e2").build()),
                change(
                        "source",
                        event -> CloudEventBuilder.v1(event)
                                .withSource(URI.create("/other"))
                                .build()),
                change(
                        "type",
                        event -> CloudEventBuilder.v1(event)
                                .withType("io.nodejoin.join.cancel-requested.v1")
                                .withData("{\"cluster\":\"west\",\"nodeName\":\"w1\"}".getBytes(StandardCharsets.UTF_8))
                                .build()),
                change(
                        "time",
                        event -> CloudEventBuilder.v1(event)
                                .withTime(NOW.atOffset(ZoneOffset.UTC))
                                .build()),
                change(
                        "no time",
                        event -> CloudEventBuilder.v1(event).withTime(null).build()),
                change(
                        "data",
                        event -> CloudEventBuilder.v1(event)
                                .withData(DATA.replace("w1", "w2").getBytes(StandardCharsets.UTF_8))
                                .build()),
                change(
                        "no signature",
                        event -> CloudEventBuilder.v1(event)
                                .withoutExtension(EventSignature.ATTRIBUTE)
                                .build()),
                change(
                        "half a signature",
                        event -> CloudEventBuilder.v1(event)
                                .withExtension(EventSignature.ATTRIBUTE, "e30.e30")
                                .build()),
                change(
                        "no words",
                        event -> CloudEventBuilder.v1(event)
                                .withExtension(EventSignature.ATTRIBUTE, "")
                                .build()));
    }

    private static Arguments change(String what, UnaryOperator<CloudEvent> change) {
        return Arguments.of(what, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void shouldNotBelieveARequestThatWasChanged(String what, UnaryOperator<CloudEvent> change) {
        // when
        RequestDecision verdict = read(change.apply(signed(OURS)));

        // then
        assertUnauthenticated(verdict);
    }

    @Test
    void shouldNotBelieveAForeignKeyOfTheSameName() {
        // when
        RequestDecision verdict = read(signed(FOREIGN));

        // then
        assertUnauthenticated(verdict);
    }

    @Test
    void shouldNotBelieveAnAlgorithmThatNeedsNoPrivateKey() throws JoseException {
        for (String algorithm : Stream.of(AlgorithmIdentifiers.NONE, AlgorithmIdentifiers.HMAC_SHA256)
                .toList()) {
            // given
            JsonWebSignature forged = new JsonWebSignature();
            forged.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
            forged.setDoKeyValidation(false);
            forged.setAlgorithmHeaderValue(algorithm);
            forged.setKeyIdHeaderValue("fleet-1");
            forged.setKey(
                    algorithm.equals(AlgorithmIdentifiers.NONE)
                            ? null
                            : new HmacKey(OURS.getPublicKey().getEncoded()));
            forged.setPayload(claims().toJson());

            // when
            RequestDecision verdict = read(CloudEventBuilder.v1(event())
                    .withExtension(EventSignature.ATTRIBUTE, forged.getCompactSerialization())
                    .build());

            // then
            assertUnauthenticated(verdict);
        }
    }

    @Test
    void shouldNotBelieveASignatureBeyondItsEnd() throws JoseException {
        // given
        JwtClaims claims = claims();
        claims.setExpirationTime(
                NumericDate.fromMilliseconds(NOW.minusSeconds(90).toEpochMilli()));
        JsonWebSignature late = new JsonWebSignature();
        late.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        late.setKey(OURS.getPrivateKey());
        late.setPayload(claims.toJson());

        // when
        RequestDecision verdict = read(CloudEventBuilder.v1(event())
                .withExtension(EventSignature.ATTRIBUTE, late.getCompactSerialization())
                .build());

        // then
        assertUnauthenticated(verdict);
        assertThat(((RequestDecision.Reject) verdict).rejection().problem().detail())
                .contains("has expired");
    }

    private static JwtClaims claims() {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer("/fleet");
        claims.setJwtId("e1");
        claims.setClaim("type", "io.nodejoin.join.requested.v1");
        claims.setClaim("time", NOW.minusSeconds(1).toString());
        claims.setClaim("data", Sha256.hex(DATA));
        return claims;
    }

    @Test
    void shouldBelieveANewKeyAndNoWithdrawnOne() throws IOException {
        // given
        trust(FOREIGN);

        // when
        RequestDecision withdrawn = read(signed(OURS));
        RequestDecision added = read(signed(FOREIGN));

        // then
        assertUnauthenticated(withdrawn);
        assertThat(added).isInstanceOf(RequestDecision.Start.class);
    }

    @Test
    void shouldKeepToTheLastKeysWhileTheFileCannotBeRead() throws IOException {
        // given
        Files.writeString(file, "{");

        // when
        RequestDecision verdict = read(signed(OURS));

        // then
        assertThat(verdict).isInstanceOf(RequestDecision.Start.class);
    }

    @Test
    void shouldNotStartWithoutKeys() throws IOException {
        // given
        Files.writeString(file, "{\"keys\":[]}");

        // when // then
        assertThatThrownBy(() -> RequestKeys.load(Map.of(new ClusterName("west"), file)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("clusters.west.requestKeysFile");
    }

    private void trustLimited(String kinds, String pools) throws IOException, JoseException {
        PublicJsonWebKey limited =
                PublicJsonWebKey.Factory.newPublicJwk(OURS.toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
        new KeyScope(words(kinds, word -> KeyScope.Kind.ofWord(word).orElseThrow()), words(pools, PoolName::new))
                .limit(limited);
        trust(limited, UNLIMITED);
    }

    private static <T> Set<T> words(String list, Function<String, T> word) {
        return list.isEmpty() ? Set.of() : Stream.of(list.split(",")).map(word).collect(Collectors.toSet());
    }

    private static CloudEvent request(String type, String pool) {
        String member = pool.isEmpty() ? "" : ",\"pool\":\"" + pool + "\"";
        String enrollment = type.equals("join.requested") || type.equals("machine.offered")
                ? ",\"enrollment\":\"" + "0a".repeat(32) + "\""
                : "";
        String subject = type.startsWith("machine.") ? "machine" : "nodeName";
        String data = "{\"cluster\":\"west\",\"" + subject + "\":\"w1\"" + enrollment + member + "}";
        return CloudEventBuilder.v1(event())
                .withType("io.nodejoin." + type + ".v1")
                .withData("application/json", data.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ""          | ""        | join.requested        | ""
            ""          | ""        | leave.requested       | web
            join        | ""        | join.requested        | web
            join,cancel | ""        | join.cancel-requested | ""
            ""          | batch,gpu | join.requested        | gpu
            leave       | batch     | leave.requested       | batch
            ""          | batch     | machine.offered       | batch
            offer       | ""        | machine.offered       | web
            withdraw    | batch     | machine.withdrawn     | batch
            """)
    void shouldAllowWhatTheKeyIsFor(String kinds, String pools, String type, String pool) throws Exception {
        // given
        trustLimited(kinds, pools);

        // when
        RequestDecision verdict = read(EventSignature.sign(request(type, pool), OURS));

        // then
        assertThat(verdict).isNotInstanceOf(RequestDecision.Reject.class);
        if (verdict instanceof RequestDecision.Start(JoinRequest join, var _)) {
            assertThat(join.confinedToPool()).isEqualTo(pools.isEmpty() ? null : Boolean.TRUE);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            join       | ""    | leave.requested       | ""
            join       | ""    | join.cancel-requested | ""
            cancel     | ""    | join.requested        | ""
            join,leave | batch | join.cancel-requested | batch
            ""         | batch | join.requested        | web
            ""         | batch | join.requested        | ""
            ""         | batch | leave.requested       | ""
            ""         | batch | join.cancel-requested | ""
            join       | ""    | machine.offered       | batch
            offer      | ""    | machine.withdrawn     | batch
            ""         | batch | machine.offered       | web
            ""         | batch | machine.withdrawn     | web
            """)
    void shouldForbidWhatTheKeyIsNotFor(String kinds, String pools, String type, String pool) throws Exception {
        // given
        trustLimited(kinds, pools);

        // when
        RequestDecision verdict = read(EventSignature.sign(request(type, pool), OURS));

        // then
        String named = pool.isEmpty() ? "no pool" : "the pool " + pool;
        assertThat(verdict).isInstanceOfSatisfying(RequestDecision.Reject.class, reject -> {
            assertThat(reject.rejection().problem().code()).isEqualTo(ErrorCode.EVENT_FORBIDDEN);
            assertThat(reject.rejection().problem().detail())
                    .isEqualTo("the key 'fleet-1' signs no request of the type io.nodejoin.%s.v1 for %s"
                            .formatted(type, named));
        });
    }

    @Test
    void shouldTakeTheLimitsOfTheKeyThatHasSignedAndOfNoOther() throws Exception {
        // given a limited key, and one without limits
        trustLimited("join", "batch");
        CloudEvent web = request("join.requested", "web");

        // when
        RequestDecision limited = read(EventSignature.sign(web, OURS));
        RequestDecision free = read(EventSignature.sign(web, UNLIMITED));

        // then
        assertThat(limited).isInstanceOf(RequestDecision.Reject.class);
        assertThat(free).isInstanceOf(RequestDecision.Start.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"nodejoin_pool\":[\"batch\"]",
                "\"nodejoin_pools\":\"batch\"",
                "\"nodejoin_pools\":[]",
                "\"nodejoin_pools\":null",
                "\"nodejoin_pools\":[7]",
                "\"nodejoin_pools\":[\"two words\"]",
                "\"nodejoin_kinds\":[\"joins\"]",
                "\"nodejoin_kinds\":[\"JOIN\"]"
            })
    void shouldNotStartWithLimitsThatItDoesNotUnderstand(String member) throws IOException {
        // given
        Files.writeString(file, Files.readString(file).replace("\"kty\"", member + ",\"kty\""));

        // when // then
        assertThatThrownBy(() -> RequestKeys.load(Map.of(new ClusterName("west"), file)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the key fleet-1");
    }
}
