package io.nodejoin.agent.discovery;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand.StartKubelet;
import io.nodejoin.protocol.agent.SealedTokenHeader;
import io.nodejoin.protocol.discovery.BootstrapToken;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwe.JsonWebEncryption;
import org.jose4j.lang.JoseException;

/** Decrypts a sealed token with the host's key, if it is bound to exactly this assignment. */
public final class SealedTokenOpener {
    /** The API server checks the expiry as well, so this much clock skew of the host is harmless. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

    private static final AlgorithmConstraints ONLY_ALG =
            new AlgorithmConstraints(ConstraintType.PERMIT, SealedTokenHeader.ALG);
    private static final AlgorithmConstraints ONLY_ENC =
            new AlgorithmConstraints(ConstraintType.PERMIT, SealedTokenHeader.ENC);

    /** RFC 7516: base64url, and no encrypted key with direct key agreement. The library checks neither. */
    private static final Pattern COMPACT =
            Pattern.compile("B{20,2000}[.][.]B{16}[.]B{1,200}[.]B{22}".replace("B", "[-_A-Za-z0-9]"));

    private final Supplier<PrivateKey> key;
    private final Clock clock;

    public SealedTokenOpener(PrivateKey key, Clock clock) {
        this(() -> key, clock);
    }

    /** @param key the agent's present key */
    public SealedTokenOpener(Supplier<PrivateKey> key, Clock clock) {
        this.key = key;
        this.clock = clock;
    }

    /**
     * Returns the token of this command.
     *
     * @throws HostException with {@code TOKEN_SEAL_INVALID} if it cannot be decrypted or is bound to anything else
     */
    public BootstrapToken open(Assignment assignment, StartKubelet command) {
        if (!COMPACT.matcher(command.sealedToken()).matches()) {
            throw invalid("is no JWE");
        }
        try {
            JsonWebEncryption jwe = new JsonWebEncryption();
            jwe.setAlgorithmConstraints(ONLY_ALG);
            jwe.setContentEncryptionAlgorithmConstraints(ONLY_ENC);
            jwe.setCompactSerialization(command.sealedToken());
            jwe.setKey(key.get());
            requireBound(jwe, assignment, command);
            BootstrapToken token = BootstrapToken.parse(jwe.getPayload());
            if (!token.id().equals(command.tokenId())) {
                throw invalid("contains a token with another id");
            }
            return token;
        } catch (HostException e) {
            throw e;
        } catch (JoseException | RuntimeException e) { // some invalid keys cause an unchecked exception
            throw invalid("cannot be opened");
        }
    }

    private void requireBound(JsonWebEncryption jwe, Assignment assignment, StartKubelet command) {
        if (!SealedTokenHeader.TYP.equals(jwe.getHeader("typ"))) {
            throw invalid("has another type");
        }
        Instant end = parseExpiry(jwe.getHeader("nj_expires"));
        if (end.plus(CLOCK_TOLERANCE).isBefore(clock.instant())) {
            throw invalid("has expired at " + end);
        }
        SealedTokenHeader expected = new SealedTokenHeader(
                assignment.joinId(), assignment.attempt(), command.tokenId(), command.clusterUid(), end);
        for (Map.Entry<String, String> header : expected.parameters().entrySet()) {
            if (!header.getValue().equals(jwe.getHeader(header.getKey()))) {
                throw invalid("is bound to another " + header.getKey());
            }
        }
    }

    private static Instant parseExpiry(String header) {
        try {
            return Instant.parse(header == null ? "" : header);
        } catch (DateTimeException e) {
            throw invalid("has no readable expiry");
        }
    }

    private static HostException invalid(String why) {
        return new HostException(ErrorCode.TOKEN_SEAL_INVALID, "the sealed token " + why);
    }
}
