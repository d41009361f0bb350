package io.nodejoin.activities.kubernetes.token;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.agent.SealedTokenHeader;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import io.nodejoin.protocol.discovery.TokenId;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;

/** Signs and seals a token that exists nowhere, so that the first join finds the code loaded. */
public final class TokenWarmUp {
    private TokenWarmUp() {}

    /** Runs it once, and returns the sealed token, which nothing accepts. Has no effect outside of this process. */
    public static String run() throws GeneralSecurityException {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
        keys.initialize(new ECGenParameterSpec("secp256r1"));
        byte[] encoded = keys.generateKeyPair().getPublic().getEncoded();
        ECPublicKey hostKey = TokenSealer.hostKey(Base64.getEncoder().encodeToString(encoded));
        TokenId id = new TokenId("000000");
        BootstrapToken token = new TokenGenerator(new SecureRandom()).newToken(id);
        String _ = ClusterInfoSignature.sign(token, "warm-up");
        SealedTokenHeader header =
                new SealedTokenHeader(JoinId.of("nodejoin", "warm-up"), 1, id, "warm-up", Instant.EPOCH);
        return TokenSealer.seal(token, header, hostKey);
    }
}
