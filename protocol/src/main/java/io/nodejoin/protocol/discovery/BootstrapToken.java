package io.nodejoin.protocol.discovery;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A whole bootstrap token. It contains a secret: no mapper serialises it, and its text form hides the secret.
 *
 * <p>The constructor throws {@link IllegalArgumentException} if the secret is not 16 characters of a-z and 0-9.
 *
 * @param secret 16 characters of a-z and 0-9
 * @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/">Bootstrap tokens</a>
 */
public record BootstrapToken(TokenId id, String secret) {
    private static final Pattern SECRET = Pattern.compile("[a-z0-9]{16}");
    private static final Pattern TOKEN = Pattern.compile("([a-z0-9]{6})\\.([a-z0-9]{16})");

    public BootstrapToken {
        if (!SECRET.matcher(secret).matches()) {
            throw new IllegalArgumentException("a bootstrap token secret has 16 characters of a-z and 0-9");
        }
    }

    /**
     * Parses the wire form {@code id.secret}.
     *
     * @throws IllegalArgumentException if the text is not a token; the message does not contain the text
     */
    public static BootstrapToken parse(String token) {
        Matcher parts = TOKEN.matcher(token);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a bootstrap token has the form [a-z0-9]{6}.[a-z0-9]{16}");
        }
        return new BootstrapToken(new TokenId(parts.group(1)), parts.group(2));
    }

    /** Returns the token as a bearer credential. The caller keeps it out of logs, history and arguments. */
    public String bearerToken() {
        return id.value() + "." + secret;
    }

    @Override
    public String toString() {
        return id.value() + ".<redacted>";
    }
}
