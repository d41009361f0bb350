package io.nodejoin.agent.discovery;

import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.ClusterInfoSignature;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What somebody may publish in place of the genuine signature of a text; many would satisfy a JOSE library. */
final class ForgedSignatures {
    private final BootstrapToken token;
    private final String text;
    private final String genuine;
    private final String header;
    private final String mac;
    private final Map<String, String> all = new LinkedHashMap<>();

    private ForgedSignatures(BootstrapToken token, String text) {
        this.token = token;
        this.text = text;
        this.genuine = ClusterInfoSignature.sign(token, text);
        this.header = genuine.substring(0, genuine.indexOf('.'));
        this.mac = genuine.substring(genuine.lastIndexOf('.') + 1);
    }

    /** Signatures by what is wrong with them. */
    static Map<String, String> of(BootstrapToken token, String text) {
        ForgedSignatures forgeries = new ForgedSignatures(token, text);
        forgeries.algorithms();
        forgeries.headers();
        forgeries.keys();
        forgeries.contents();
        forgeries.forms();
        forgeries.bits();
        return forgeries.all;
    }

    private void algorithms() {
        for (String none : new String[] {"none", "None", "NONE", "nOnE"}) {
            String other = base64(headerText(none, token.id().value()));
            all.put("alg " + none + " without MAC", other + "..");
            all.put("alg " + none + " with the genuine MAC", other + ".." + mac);
        }
        all.put("HS512", signed(headerText("HS512", token.id().value()), "HmacSHA512", token.secret()));
        all.put("HS384", signed(headerText("HS384", token.id().value()), "HmacSHA384", token.secret()));
        all.put("HS1", signed(headerText("HS1", token.id().value()), "HmacSHA1", token.secret()));
        for (String asymmetric : new String[] {"ES256", "RS256", "PS256", "EdDSA"}) {
            all.put(
                    asymmetric + " confused with HMAC",
                    signed(headerText(asymmetric, token.id().value())));
        }
        all.put("ES256 with a signature of zeros, CVE-2022-21449", zeros());
        all.put(
                "another MAC under the genuine header",
                header + ".." + hmac("HmacSHA512", token.secret(), signingInput(header)));
    }

    private String zeros() {
        return base64(headerText("ES256", token.id().value())) + ".."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
    }

    /** Each with the right MAC over the header as it then is. */
    private void headers() {
        String id = token.id().value();
        all.put("another kid", signed(headerText("HS256", "abcdeg")));
        all.put("empty kid", signed(headerText("HS256", "")));
        all.put("upper-case kid", signed(headerText("HS256", id.toUpperCase(Locale.ROOT))));
        all.put("kid with a path", signed(headerText("HS256", "../" + id)));
        all.put("no kid", signed("{\"alg\":\"HS256\"}"));
        all.put("no alg", signed("{\"kid\":\"" + id + "\"}"));
        all.put("empty header", signed("{}"));
        all.put("other order", signed("{\"kid\":\"" + id + "\",\"alg\":\"HS256\"}"));
        all.put("whitespace", signed("{\"alg\": \"HS256\", \"kid\": \"" + id + "\"}"));
        all.put("newline behind the header", signed(headerText("HS256", id) + "\n"));
        all.put("escaped letter", signed("{\"alg\":\"\\u0048S256\",\"kid\":\"" + id + "\"}"));
        all.put("typ", signed("{\"alg\":\"HS256\",\"kid\":\"" + id + "\",\"typ\":\"JWT\"}"));
        all.put("two algs", signed("{\"alg\":\"none\",\"alg\":\"HS256\",\"kid\":\"" + id + "\"}"));
        all.put(
                "key in the header",
                signed("{\"alg\":\"HS256\",\"kid\":\"" + id + "\",\"jwk\":{\"kty\":\"oct\",\"k\":\"\"}}"));
        all.put(
                "unencoded payload",
                signed("{\"alg\":\"HS256\",\"kid\":\"" + id + "\",\"b64\":false,\"crit\":[\"b64\"]}"));
    }

    private void keys() {
        String usual = headerText("HS256", token.id().value());
        all.put("keyed with the whole token", signed(usual, "HmacSHA256", token.bearerToken()));
        all.put("keyed with the id", signed(usual, "HmacSHA256", token.id().value()));
        all.put("keyed with nothing", signed(usual, "HmacSHA256", "\0"));
        all.put("keyed with the secret and a newline", signed(usual, "HmacSHA256", token.secret() + "\n"));
        all.put(
                "keyed with the secret in upper case",
                signed(usual, "HmacSHA256", token.secret().toUpperCase(Locale.ROOT)));
        all.put(
                "of another token with the same secret",
                ClusterInfoSignature.sign(BootstrapToken.parse("zzzzzz." + token.secret()), text));
        all.put(
                "of another token with the same id",
                ClusterInfoSignature.sign(BootstrapToken.parse(token.id().value() + ".zzzzzzzzzzzzzzzz"), text));
    }

    private void contents() {
        all.put("of the text with one more newline", ClusterInfoSignature.sign(token, text + "\n"));
        all.put("of the text without its last newline", ClusterInfoSignature.sign(token, text.stripTrailing()));
        all.put("of the text with other line ends", ClusterInfoSignature.sign(token, text.replace("\n", "\r\n")));
        all.put("of the empty text", ClusterInfoSignature.sign(token, ""));
        all.put("of the text as it is", header + ".." + hmac("HmacSHA256", token.secret(), header + "." + text));
        all.put("of the text alone", header + ".." + hmac("HmacSHA256", token.secret(), base64(text)));
    }

    private void forms() {
        byte[] raw = Base64.getUrlDecoder().decode(mac);
        all.put("payload inside", header + "." + base64(text) + "." + mac);
        all.put("other payload inside", header + "." + base64("other") + "." + mac);
        all.put("padded MAC", genuine + "=");
        all.put("padded header", header + "=.." + mac);
        if (mac.contains("-") || mac.contains("_")) {
            all.put(
                    "MAC in the other base64",
                    header + ".." + mac.replace('-', '+').replace('_', '/'));
        }
        all.put("MAC in hex", header + ".." + HexFormat.of().formatHex(raw));
        all.put("one dot", header + "." + mac);
        all.put("three dots", header + "..." + mac);
        all.put("a fourth part", genuine + "." + mac);
        all.put("as JSON", "{\"protected\":\"" + header + "\",\"signature\":\"" + mac + "\"}");
        all.put("MAC alone", mac);
        all.put("header alone", header);
        all.put("dots alone", "..");
        all.put("no MAC", header + "..");
        all.put("MAC twice", genuine + mac);
        all.put("half the MAC", genuine.substring(0, genuine.length() - mac.length() / 2));
        all.put("one character less", genuine.substring(0, genuine.length() - 1));
        all.put("space before", " " + genuine);
        all.put("newline behind", genuine + "\n");
        all.put("NUL behind", genuine + "\0");
        all.put("zero-width space behind", genuine + "\u200b");
        all.put("lower case", genuine.toLowerCase(Locale.ROOT));
        all.put("first of two lines", genuine + "\n" + genuine);
    }

    private void bits() {
        byte[] raw = Base64.getUrlDecoder().decode(mac);
        for (int bit : new int[] {0, 7, 128, 255}) {
            byte[] flipped = raw.clone();
            flipped[bit / 8] ^= (byte) (0x80 >>> bit % 8);
            all.put(
                    "bit " + bit + " flipped",
                    header + ".." + Base64.getUrlEncoder().withoutPadding().encodeToString(flipped));
        }
        all.put("a bit that no byte of the MAC holds", genuine.substring(0, genuine.length() - 1) + spareBitFlipped());
        byte[] reversed = raw.clone();
        Arrays.sort(reversed);
        all.put(
                "bytes of the MAC in another order",
                header + ".." + Base64.getUrlEncoder().withoutPadding().encodeToString(reversed));
    }

    /** 43 characters hold 258 bits, so two bits of the last one are nobody's: a decoder gives the same MAC for four texts. */
    private char spareBitFlipped() {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return alphabet.charAt(alphabet.indexOf(mac.charAt(mac.length() - 1)) ^ 1);
    }

    private String signed(String headerText) {
        return signed(headerText, "HmacSHA256", token.secret());
    }

    private String signed(String headerText, String algorithm, String key) {
        String encoded = base64(headerText);
        return encoded + ".." + hmac(algorithm, key, signingInput(encoded));
    }

    private String signingInput(String encodedHeader) {
        return encodedHeader + "." + base64(text);
    }

    private static String headerText(String algorithm, String kid) {
        return "{\"alg\":\"" + algorithm + "\",\"kid\":\"" + kid + "\"}";
    }

    private static String hmac(String algorithm, String key, String input) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), algorithm));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(input.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
