package io.nodejoin.testbed.full;

import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.InterProcessLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where parts run and what they leave until the next one runs. */
record Workspace(Path root) {
    private static final Duration DELETES = Duration.ofMinutes(5);

    /** The clone. */
    Path copy() {
        return root.resolve("clone");
    }

    /** For the figures of the part that runs. */
    Path json() {
        return root.resolve("figures.json");
    }

    /** For whatever the part that runs wants to put there. */
    Path directory() {
        return root.resolve("work");
    }

    /** What the part said when it ran last. */
    Path log(Part part) {
        return root.resolve("log").resolve(part.name().replace(' ', '-') + ".log");
    }

    /** Leaves nothing of the part that ran before, and returns the empty log of this one. */
    Path begin(Part part) {
        clear();
        try {
            Path log = log(part);
            Files.createDirectories(log.getParent());
            Files.deleteIfExists(log);
            return Files.createFile(log);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the log of " + part.name(), e);
        }
    }

    /** What a part has put there may be a whole home, with mounts if it was ended in the middle: these are left alone. */
    void clear() {
        Command.of("rm", "-rf", "--one-file-system", directory().toString(), json().toString())
                .withTimeout(DELETES)
                .run()
                .orFail();
    }

    /** Keeps others out until it is closed, or returns nothing if another has it. */
    Optional<FileChannel> lock() {
        return InterProcessLock.tryHold(root.resolve("lock"));
    }
}
