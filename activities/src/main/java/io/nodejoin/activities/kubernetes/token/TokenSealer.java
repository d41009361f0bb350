package io.nodejoin.activities.kubernetes.token;

import io.nodejoin.protocol.agent.SealedTokenHeader;
import io.nodejoin.protocol.discovery.BootstrapToken;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.jose4j.jwe.JsonWebEncryption;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** Encrypts a token for one host's key, see {@link SealedTokenHeader}. */
final class TokenSealer {
    private TokenSealer() {}

    static String seal(BootstrapToken token, SealedTokenHeader seal, ECPublicKey hostKey) {
        JsonWebEncryption jwe = new JsonWebEncryption();
        jwe.setAlgorithmHeaderValue(SealedTokenHeader.ALG);
        jwe.setEncryptionMethodHeaderParameter(SealedTokenHeader.ENC);
        jwe.setHeader("typ", SealedTokenHeader.TYP);
        seal.parameters().forEach(jwe::setHeader);
        jwe.setKey(hostKey);
        jwe.setPayload(token.bearerToken());
        try {
            return jwe.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException("a P-256 key seals with ECDH-ES and A256GCM on every Java platform", e);
        }
    }

    /**
     * Parses the key that a token is encrypted for.
     *
     * @throws IllegalArgumentException if it is not a P-256 key
     */
    static ECPublicKey hostKey(String base64SubjectPublicKeyInfo) {
        try {
            byte[] der = Base64.getDecoder().decode(base64SubjectPublicKeyInfo);
            if (KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der)) instanceof ECPublicKey key
                    && EllipticCurves.P256.getCurve().equals(key.getParams().getCurve())) {
                return key;
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the agent's key is no P-256 SubjectPublicKeyInfo", e);
        }
        throw new IllegalArgumentException("the agent's key is not on P-256");
    }
}
