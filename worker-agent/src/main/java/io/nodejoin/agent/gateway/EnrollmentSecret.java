package io.nodejoin.agent.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The secret that a machine enrolls with. A rewritten file is another enrollment, even if only of a machine that joins
 * again.
 */
public record EnrollmentSecret(Path file) {
    private static final String NONE = "none";

    String read() throws IOException {
        return Files.readString(file).strip();
    }

    /** Returns the modification time of the secret file, which identifies an enrollment. */
    public String modificationStamp() throws IOException {
        try {
            return Files.getLastModifiedTime(file).toString();
        } catch (NoSuchFileException _) {
            return NONE;
        }
    }

    /** Returns whether there is no other enrollment than this one. A deleted secret counts as used up. */
    public boolean isUsedUp(String stamp) throws IOException {
        String present = modificationStamp();
        return present.equals(NONE) || present.equals(stamp);
    }
}
