package io.nodejoin.protocol.discovery;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.nodejoin.protocol.Sha256;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Pins a CA by its public key: {@code sha256:} and the hex SHA-256 of the DER SubjectPublicKeyInfo, as kubeadm's
 * {@code --discovery-token-ca-cert-hash}. Case-insensitive; stored in lower case.
 *
 * <p>The constructor throws {@link IllegalArgumentException} if the value does not have this form.
 */
public record CaPin(@JsonValue String value) {
    private static final Pattern PATTERN = Pattern.compile("sha256:[0-9a-f]{64}");

    @JsonCreator
    public CaPin {
        value = value.toLowerCase(Locale.ROOT);
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("a CA pin has the form sha256:<64 hex digits>");
        }
    }

    /** Returns the pin of this CA certificate. */
    public static CaPin of(X509Certificate ca) {
        return ofSubjectPublicKeyInfo(ca.getPublicKey().getEncoded());
    }

    /** Returns the pin of a DER SubjectPublicKeyInfo. */
    public static CaPin ofSubjectPublicKeyInfo(byte[] der) {
        return new CaPin("sha256:" + Sha256.hex(der));
    }

    @Override
    public String toString() {
        return value;
    }
}
