package io.nodejoin.dashboard.access;

import com.nimbusds.jwt.JWTClaimsSet;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sessions of people who have signed in. A session is in its cookie alone, so that each replica knows it. It has what the
 * issuer said of its owner; the role is that of the configuration at each request.
 */
final class Sessions {
    private static final String LINE = "\n";

    private final SealedClaims claims;
    private final RoleClaim roles;
    private final Duration lifetime;
    private final InstantSource clock;

    Sessions(byte[] secret, RoleClaim roles, Duration lifetime, InstantSource clock) {
        this.claims = new SealedClaims(secret, "session", clock);
        this.roles = roles;
        this.lifetime = lifetime;
        this.clock = clock;
    }

    /** @param granting the values that give the role */
    String create(Principal principal, List<String> granting) {
        return claims.seal(
                Map.of(
                        "sub", principal.id(),
                        "name", principal.name(),
                        "granting", String.join(LINE, granting)),
                clock.instant().plus(lifetime));
    }

    /** Returns whose session it is; empty if it is over or none, or if its owner has no role any more. */
    Optional<Principal> find(String cookie) {
        return claims.open(cookie).flatMap(this::principal);
    }

    private Optional<Principal> principal(JWTClaimsSet claims) {
        try {
            String name = claims.getStringClaim("name");
            String granting = claims.getStringClaim("granting");
            return roles.role(List.of(granting.split(LINE, -1)))
                    .map(role -> new Principal(name, role, claims.getSubject()));
        } catch (ParseException _) {
            return Optional.empty();
        }
    }
}
