package io.nodejoin.dashboard.access;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.crypto.DirectDecrypter;
import com.nimbusds.jose.crypto.DirectEncrypter;
import com.nimbusds.jwt.EncryptedJWT;
import com.nimbusds.jwt.JWTClaimsSet;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Map;
import java.util.Optional;

/**
 * What a cookie carries: claims that only replicas with the same key can read and make, until they expire. Each purpose has
 * a key of its own, so that a cookie of one is none of another.
 */
final class SealedClaims {
    private static final JWEHeader HEADER = new JWEHeader(JWEAlgorithm.DIR, EncryptionMethod.A256GCM);

    private final byte[] key;
    private final InstantSource clock;

    /** @param secret what replicas share */
    SealedClaims(byte[] secret, String purpose, InstantSource clock) {
        this.key = Digests.hmac(secret, "nodejoin dashboard cookie " + purpose);
        this.clock = clock;
    }

    String seal(Map<String, String> claims, Instant until) {
        JWTClaimsSet.Builder set = new JWTClaimsSet.Builder().expirationTime(Date.from(until));
        claims.forEach(set::claim);
        EncryptedJWT jwt = new EncryptedJWT(HEADER, set.build());
        try {
            jwt.encrypt(new DirectEncrypter(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("this Java has no AES-GCM", e);
        }
    }

    /** Returns the claims; empty if they have expired or were not sealed with this key for this purpose. */
    Optional<JWTClaimsSet> open(String sealed) {
        try {
            EncryptedJWT jwt = EncryptedJWT.parse(sealed);
            if (!HEADER.getEncryptionMethod().equals(jwt.getHeader().getEncryptionMethod())) {
                return Optional.empty();
            }
            jwt.decrypt(new DirectDecrypter(key));
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            Date until = claims.getExpirationTime();
            return until != null && clock.instant().isBefore(until.toInstant())
                    ? Optional.of(claims)
                    : Optional.empty();
        } catch (ParseException | JOSEException _) {
            return Optional.empty();
        }
    }
}
