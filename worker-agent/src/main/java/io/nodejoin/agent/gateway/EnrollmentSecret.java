package io.nodejoin.agent.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The secret that a machine enrolls by. One that is written anew is another enrollment, if only that of a machine which is to join again. */
public record EnrollmentSecret(Path file) {
    private static final String NONE = "none";

    String read() throws IOException {
        return Files.readString(file).strip();
    }

    /** Tells this enrollment from others. */
    public String modificationStamp() throws IOException {
        try {
            return Files.getLastModifiedTime(file).toString();
        } catch (NoSuchFileException _) {
            return NONE;
        }
    }

    /** Whether there is nothing to enroll by once this one is spent. Whoever deletes a secret that is leaves nothing to join by. */
    public boolean isUsedUp(String stamp) throws IOException {
        String present = modificationStamp();
        return present.equals(NONE) || present.equals(stamp);
    }
}
