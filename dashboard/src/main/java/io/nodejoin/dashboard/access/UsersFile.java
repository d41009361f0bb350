package io.nodejoin.dashboard.access;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The users of a file, which is read again every thirty seconds. While it cannot be read, they are those of before. */
public final class UsersFile implements Supplier<Users> {
    private static final Logger LOG = LoggerFactory.getLogger(UsersFile.class);
    private static final Duration VALIDITY = Duration.ofSeconds(30);

    private final Path file;
    private final InstantSource clock;
    private Users latest;
    private Instant until;

    /** Reads the file. Throws {@link IllegalArgumentException} with the line number if a line is none of a user. */
    public UsersFile(Path file, InstantSource clock) throws IOException {
        this.file = file;
        this.clock = clock;
        this.latest = Users.read(file);
        this.until = clock.instant().plus(VALIDITY);
    }

    @Override
    public synchronized Users get() {
        Instant now = clock.instant();
        if (!now.isBefore(until)) {
            until = now.plus(VALIDITY);
            try {
                latest = Users.read(file);
            } catch (IOException | IllegalArgumentException e) {
                LOG.error("the users of the dashboard stay what they were: {}: {}", file, e.getMessage());
            }
        }
        return latest;
    }
}
