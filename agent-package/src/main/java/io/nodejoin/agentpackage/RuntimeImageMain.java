package io.nodejoin.agentpackage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/** The build's step that makes the image: {@code RuntimeImageMain JARS CLASSES IMAGE TIMESTAMP}. */
public final class RuntimeImageMain {
    private RuntimeImageMain() {}

    /** Makes the image; an exception, and so exit code 1, if that fails. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        new RuntimeImage(Path.of(arguments[2]), Instant.parse(arguments[3]))
                .build(Path.of(arguments[0]), Path.of(arguments[1]));
    }
}
