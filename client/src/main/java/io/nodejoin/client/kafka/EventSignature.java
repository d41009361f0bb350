package io.nodejoin.client.kafka;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.nodejoin.protocol.Sha256;
import java.security.Key;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.VerificationJwkSelector;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/**
 * The signature of an event: a JWT (RFC 7519) in an extension attribute, by an elliptic curve key, since CloudEvents
 * defines no signature. The claims are the event's attributes and the digest of its data: {@code iss} is the source,
 * {@code jti} the id, {@code type} and {@code time} are those of the event, {@code data} is the lower-case hex SHA-256
 * of the data. {@code exp} and {@code nbf} are verified if present.
 */
public final class EventSignature {
    /** The name of the extension attribute; the Kafka header is {@code ce_nodejoinsignature}. */
    public static final String ATTRIBUTE = "nodejoinsignature";

    private static final String TYPE = "type";
    private static final String TIME = "time";
    private static final String DATA = "data";
    private static final int CLOCK_SKEW_SECONDS = 60;
    private static final AlgorithmConstraints ALGORITHMS = new AlgorithmConstraints(
            ConstraintType.PERMIT,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
            AlgorithmIdentifiers.EDDSA);

    private EventSignature() {}

    /**
     * Returns the event with a signature.
     *
     * @param key a private P-256, P-384 or Ed25519 key
     * @throws JoseException if the key is of another kind
     */
    public static CloudEvent sign(CloudEvent event, PublicJsonWebKey key) throws JoseException {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(event.getSource().toString());
        claims.setJwtId(event.getId());
        claims.setClaim(TYPE, event.getType());
        claims.setClaim(TIME, time(event).toString());
        claims.setClaim(DATA, digest(event));
        JsonWebSignature jws = new JsonWebSignature();
        jws.setAlgorithmConstraints(ALGORITHMS);
        jws.setAlgorithmHeaderValue(algorithm(key));
        if (key.getKeyId() != null) {
            jws.setKeyIdHeaderValue(key.getKeyId());
        }
        jws.setKey(key.getPrivateKey());
        jws.setPayload(claims.toJson());
        return CloudEventBuilder.v1(event)
                .withExtension(ATTRIBUTE, jws.getCompactSerialization())
                .build();
    }

    /** Whether a signature is that of an event. */
    public sealed interface Verification {
        /** The event is signed with this key. */
        record Signed(JsonWebKey key) implements Verification {}

        /** None of the keys verifies it. */
        record Refused(String why) implements Verification {}
    }

    /** Returns which of these keys has signed the event. */
    public static Verification verify(CloudEvent event, JsonWebKeySet keys, Instant now) {
        Object signature = event.getExtension(ATTRIBUTE);
        if (signature == null) {
            return new Verification.Refused("the event has no " + ATTRIBUTE);
        }
        AtomicReference<JsonWebKey> selected = new AtomicReference<>();
        JwtConsumer consumer = new JwtConsumerBuilder()
                .setVerificationKeyResolver((jws, _) -> select(jws, keys, selected))
                .setJwsAlgorithmConstraints(ALGORITHMS)
                .setSkipDefaultAudienceValidation()
                .setEvaluationTime(NumericDate.fromMilliseconds(now.toEpochMilli()))
                .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
                .build();
        try {
            return findDifference(event, consumer.processToClaims(signature.toString()))
                    .<Verification>map(what ->
                            new Verification.Refused("the " + ATTRIBUTE + " is of another event: " + what + " differs"))
                    .orElseGet(() -> new Verification.Signed(Objects.requireNonNull(selected.get())));
        } catch (InvalidJwtException e) {
            return new Verification.Refused("the " + ATTRIBUTE + " "
                    + (e.hasErrorCode(ErrorCodes.EXPIRED) ? "has expired" : "is not by a key of this cluster"));
        } catch (MalformedClaimException e) {
            return new Verification.Refused("the " + ATTRIBUTE + " has claims of a wrong kind");
        }
    }

    private static Key select(JsonWebSignature jws, JsonWebKeySet keys, AtomicReference<JsonWebKey> selected)
            throws UnresolvableKeyException {
        try {
            JsonWebKey found = new VerificationJwkSelector().select(jws, keys.getJsonWebKeys());
            if (found == null) {
                throw new UnresolvableKeyException("no key fits");
            }
            selected.set(found);
            return found.getKey();
        } catch (JoseException e) {
            throw new UnresolvableKeyException("no key can be selected", e);
        }
    }

    private static Optional<String> findDifference(CloudEvent event, JwtClaims claims) throws MalformedClaimException {
        if (event.getTime() == null) {
            return Optional.of(TIME);
        }
        if (!event.getSource().toString().equals(claims.getIssuer())) {
            return Optional.of("source");
        }
        if (!event.getId().equals(claims.getJwtId())) {
            return Optional.of("id");
        }
        if (!event.getType().equals(claims.getStringClaimValue(TYPE))) {
            return Optional.of(TYPE);
        }
        if (!time(event).equals(instant(claims.getStringClaimValue(TIME)))) {
            return Optional.of(TIME);
        }
        return digest(event).equals(claims.getStringClaimValue(DATA)) ? Optional.empty() : Optional.of(DATA);
    }

    private static Instant time(CloudEvent event) {
        return Objects.requireNonNull(event.getTime(), "a signed event has a time")
                .toInstant();
    }

    private static @Nullable Instant instant(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static String digest(CloudEvent event) {
        return Sha256.hex(
                event.getData() == null ? new byte[0] : event.getData().toBytes());
    }

    private static String algorithm(PublicJsonWebKey key) throws JoseException {
        return switch (key) {
            case EllipticCurveJsonWebKey curve
            when curve.getCurveName().equals("P-256") -> AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256;
            case EllipticCurveJsonWebKey curve
            when curve.getCurveName().equals("P-384") -> AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384;
            case OctetKeyPairJsonWebKey _ -> AlgorithmIdentifiers.EDDSA;
            default -> throw new JoseException("the key is neither a P-256 nor a P-384 nor an Ed25519 key");
        };
    }
}
