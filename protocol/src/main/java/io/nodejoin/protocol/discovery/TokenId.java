package io.nodejoin.protocol.discovery;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The public half of a bootstrap token, {@code [a-z0-9]{6}}.
 *
 * <p>The constructor throws {@link IllegalArgumentException} if the value does not have this form.
 */
public record TokenId(@JsonValue String value) {
    private static final Pattern PATTERN = Pattern.compile("[a-z0-9]{6}");

    @JsonCreator
    public TokenId {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("a bootstrap token id has 6 characters of a-z and 0-9");
        }
    }

    /** Returns the name of the token's Secret in kube-system. */
    public String secretName() {
        return "bootstrap-token-" + value;
    }

    /** Returns the user name that the API server derives from the token. */
    public String user() {
        return "system:bootstrap:" + value;
    }

    /** Returns the key of the token's signature in the ConfigMap cluster-info. */
    public String signatureKey() {
        return "jws-kubeconfig-" + value;
    }

    @Override
    public String toString() {
        return value;
    }
}
