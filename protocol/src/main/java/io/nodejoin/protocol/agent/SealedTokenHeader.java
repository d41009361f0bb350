package io.nodejoin.protocol.agent;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.discovery.TokenId;
import java.time.Instant;
import java.util.Map;

/**
 * The values that the protected header of a sealed token binds it to. The token is transferred only as a JWE (RFC 7516,
 * compact serialisation) of its wire form with {@code alg=ECDH-ES} and {@code enc=A256GCM} for the agent's key; the
 * agent decrypts it only if every bound value equals that of its assignment.
 */
public record SealedTokenHeader(JoinId joinId, int attempt, TokenId tokenId, String clusterUid, Instant expiresAt) {
    /** The only allowed key agreement algorithm. */
    public static final String ALG = "ECDH-ES";
    /** The only allowed content encryption. */
    public static final String ENC = "A256GCM";
    /** The JWE's {@code typ}. */
    public static final String TYP = "nodejoin-token+jwe";

    /** Returns the private header parameters, all strings. */
    public Map<String, String> parameters() {
        return Map.of(
                "nj_join", joinId.value(),
                "nj_attempt", Integer.toString(attempt),
                "nj_token", tokenId.value(),
                "nj_cluster", clusterUid,
                "nj_expires", expiresAt.toString());
    }
}
