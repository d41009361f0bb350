package io.nodejoin.dashboard.access;

import com.nimbusds.jwt.JWTClaimsSet;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Sessions of people who have signed in. A session is in its cookie alone, so that each replica knows it. */
final class Sessions {
    private final SealedClaims claims;
    private final Duration lifetime;
    private final InstantSource clock;

    Sessions(byte[] secret, Duration lifetime, InstantSource clock) {
        this.claims = new SealedClaims(secret, "session", clock);
        this.lifetime = lifetime;
        this.clock = clock;
    }

    String create(Principal principal) {
        return claims.seal(
                Map.of(
                        "sub", principal.id(),
                        "name", principal.name(),
                        "role", principal.role().text()),
                clock.instant().plus(lifetime));
    }

    /** Returns whose session it is and until when; empty if it is over or none. */
    Optional<Admission> find(String cookie) {
        return claims.open(cookie).flatMap(Sessions::admission);
    }

    private static Optional<Admission> admission(JWTClaimsSet claims) {
        try {
            Role role = Role.valueOf(claims.getStringClaim("role").toUpperCase(Locale.ROOT));
            return Optional.of(new Admission(
                    new Principal(claims.getStringClaim("name"), role, claims.getSubject()),
                    claims.getExpirationTime().toInstant()));
        } catch (ParseException _) {
            return Optional.empty();
        }
    }

    /** Whose session it is, and when it ends. */
    record Admission(Principal principal, Instant until) {}
}
