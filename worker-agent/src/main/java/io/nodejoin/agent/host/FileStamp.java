package io.nodejoin.agent.host;

import java.time.Instant;

/**
 * What is known of a file without reading it.
 *
 * @param mode the permission bits, as in {@code 0644}
 */
public record FileStamp(Kind kind, int mode, long size, Instant modifiedAt) {
    /** What a path names. */
    public enum Kind {
        FILE,
        DIRECTORY,
        SYMLINK,
        OTHER
    }
}
