package io.nodejoin.agentpackage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/** The build's step that makes the image: {@code ImageMain JARS CLASSES IMAGE TIMESTAMP}. */
public final class ImageMain {
    private ImageMain() {}

    /** Makes the image; an exception, and so exit code 1, if that fails. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        new Image(Path.of(arguments[2]), Instant.parse(arguments[3]))
                .make(Path.of(arguments[0]), Path.of(arguments[1]));
    }
}
