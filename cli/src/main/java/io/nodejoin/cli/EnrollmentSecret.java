package io.nodejoin.cli;

import io.nodejoin.protocol.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/** The secret that a machine shows to enroll; only its digest is published. */
record EnrollmentSecret(String value) {
    /** Where the file with the secret is, unless the command line says it. */
    static final String FILE_VARIABLE = "NODEJOIN_ENROLLMENT_FILE";

    private static final String STANDARD_INPUT = "-";
    private static final int BYTES = 32;
    private static final int MIN_BITS = 128;
    private static final int MIN_DIFFERENT = 8;

    static EnrollmentSecret random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new EnrollmentSecret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** Takes one that was drawn elsewhere. Throws {@link CliException} if it cannot have 128 bits, however it was drawn. */
    static EnrollmentSecret given(String value) {
        if (mostBits(value) < MIN_BITS || value.chars().distinct().count() < MIN_DIFFERENT) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "the enrollment secret has fewer than 128 bits, so that whoever reads its digest in Kafka or Temporal can find"
                            + " it out; draw one by: openssl rand -hex 32",
                    null);
        }
        return new EnrollmentSecret(value);
    }

    /** Reads one from a file, or with {@code -} from standard input. */
    static EnrollmentSecret read(String file) {
        try {
            byte[] content = STANDARD_INPUT.equals(file) ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
            return given(new String(content, StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            throw new CliException(ExitCodes.USAGE, "cannot read the enrollment secret from " + file, e);
        }
    }

    private static double mostBits(String value) {
        int alphabet = 64;
        if (value.matches("[0-9]*")) {
            alphabet = 10;
        } else if (value.matches("[0-9a-f]*|[0-9A-F]*")) {
            alphabet = 16;
        } else if (value.matches("[0-9a-z]*|[0-9A-Z]*")) {
            alphabet = 36;
        }
        return value.length() * Math.log(alphabet) / Math.log(2);
    }

    String digest() {
        return Sha256.hex(value);
    }

    @Override
    public String toString() {
        return "EnrollmentSecret[<redacted>]";
    }
}
