package io.nodejoin.protocol.discovery;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The detached JWS under which cluster-info carries its kubeconfig for one token: HMAC-SHA256 keyed with the bytes of the
 * token's secret alone, a fixed protected header, an absent payload.
 *
 * <p>JOSE libraries refuse keys this short, and Kubernetes compares strings, so the value is computed here, byte for byte
 * as kube-controller-manager and kubeadm do.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7515#appendix-F">RFC 7515, appendix F</a>
 */
public final class ClusterInfoSignature {
    private static final Base64.Encoder BASE64_URL = Base64.getUrlEncoder().withoutPadding();
    private static final String HMAC_SHA256 = "HmacSHA256";

    private ClusterInfoSignature() {}

    /** The value of the key {@link TokenId#signatureKey()} for this kubeconfig text. The same input gives the same value. */
    public static String sign(BootstrapToken token, String kubeconfig) {
        return sign(token.id().value(), token.secret(), kubeconfig);
    }

    static String sign(String id, String secret, String content) {
        String header = BASE64_URL.encodeToString(
                ("{\"alg\":\"HS256\",\"kid\":\"" + id + "\"}").getBytes(StandardCharsets.UTF_8));
        String payload = BASE64_URL.encodeToString(content.getBytes(StandardCharsets.UTF_8));
        byte[] mac = hmac(secret.getBytes(StandardCharsets.UTF_8), header + "." + payload);
        return header + ".." + BASE64_URL.encodeToString(mac);
    }

    /** Whether the signature is exactly the one that this token gives this kubeconfig text; compared in constant time. */
    public static boolean verify(BootstrapToken token, String kubeconfig, String signature) {
        // Half a surrogate pair, which JSON can carry, would be signed as a question mark.
        return StandardCharsets.UTF_8.newEncoder().canEncode(kubeconfig)
                && MessageDigest.isEqual(
                        sign(token, kubeconfig).getBytes(StandardCharsets.UTF_8),
                        signature.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] hmac(byte[] key, String input) {
        try {
            Mac mac = Mac.getInstance(HMAC_SHA256);
            // RFC 2104 pads a key with zero bytes, so one zero byte stands for the empty key that the JDK refuses.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, HMAC_SHA256));
            return mac.doFinal(input.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
