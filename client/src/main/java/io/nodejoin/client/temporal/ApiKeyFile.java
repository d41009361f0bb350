package io.nodejoin.client.temporal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A file with an API key of Temporal. */
final class ApiKeyFile {
    /** What a header can carry. */
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]+");

    private ApiKeyFile() {}

    /** Throws {@link IllegalArgumentException} that names the file, and never its content. */
    static String read(Path file) {
        try {
            String key = Files.readString(file).strip();
            if (!KEY.matcher(key).matches()) {
                throw new IllegalArgumentException(
                        file + (key.isEmpty() ? " is empty" : " does not hold one API key on one line"));
            }
            return key;
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no file " + file, e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read as text", e);
        }
    }
}
