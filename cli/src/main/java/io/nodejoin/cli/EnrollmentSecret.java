package io.nodejoin.cli;

import io.nodejoin.protocol.Sha256;
import java.security.SecureRandom;
import java.util.Base64;

/** The one-time secret of a machine; only its digest is published. */
record EnrollmentSecret(String value) {
    private static final int BYTES = 32;

    static EnrollmentSecret random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new EnrollmentSecret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    String digest() {
        return Sha256.hex(value);
    }

    @Override
    public String toString() {
        return "OneTimeSecret[<redacted>]";
    }
}
