package io.nodejoin.protocol.discovery;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** The public half of a bootstrap token, {@code [a-z0-9]{6}}. */
public record TokenId(@JsonValue String value) {
    private static final Pattern PATTERN = Pattern.compile("[a-z0-9]{6}");

    @JsonCreator
    public TokenId {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("a bootstrap token id has 6 characters of a-z and 0-9");
        }
    }

    /** The name of the token's Secret in kube-system. */
    public String secretName() {
        return "bootstrap-token-" + value;
    }

    /** The user that the API server sees behind the token. */
    public String user() {
        return "system:bootstrap:" + value;
    }

    /** The key of the token's signature in the ConfigMap cluster-info. */
    public String signatureKey() {
        return "jws-kubeconfig-" + value;
    }

    @Override
    public String toString() {
        return value;
    }
}
