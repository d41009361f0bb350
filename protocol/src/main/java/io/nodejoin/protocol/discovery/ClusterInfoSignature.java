package io.nodejoin.protocol.discovery;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The detached JWS of one token over the kubeconfig in cluster-info: HMAC-SHA256 with the bytes of the token's secret
 * as key, a fixed protected header, an absent payload.
 *
 * <p>JOSE libraries refuse keys this short, and Kubernetes compares strings, so the value is computed here, byte for
 * byte as kube-controller-manager and kubeadm do.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7515#appendix-F">RFC 7515, appendix F</a>
 */
public final class ClusterInfoSignature {
    private static final Base64.Encoder BASE64_URL = Base64.getUrlEncoder().withoutPadding();
    private static final String HMAC_SHA256 = "HmacSHA256";

    private ClusterInfoSignature() {}

    /** Returns the value of the key {@link TokenId#signatureKey()} for this kubeconfig text. Deterministic. */
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

    /**
     * Returns whether the signature is exactly the one of this token over this kubeconfig text. Compares in constant
     * time.
     */
    public static boolean verify(BootstrapToken token, String kubeconfig, String signature) {
        // An unpaired surrogate, which JSON can carry, would be encoded as a question mark.
        return StandardCharsets.UTF_8.newEncoder().canEncode(kubeconfig)
                && MessageDigest.isEqual(
                        sign(token, kubeconfig).getBytes(StandardCharsets.UTF_8),
                        signature.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] hmac(byte[] key, String input) {
        try {
            Mac mac = Mac.getInstance(HMAC_SHA256);
            // RFC 2104 pads a key with zero bytes, so one zero byte equals the empty key that the JDK rejects.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, HMAC_SHA256));
            return mac.doFinal(input.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
