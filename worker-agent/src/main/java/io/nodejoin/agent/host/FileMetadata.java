package io.nodejoin.agent.host;

import java.time.Instant;

/**
 * What is known of a file without reading it.
 *
 * @param mode the permission bits with setuid, setgid and the sticky bit, as in {@code 02755}
 * @param changedAt when content or attributes changed, as the kernel alone says; whoever writes can set {@code modifiedAt}
 */
public record FileMetadata(Kind kind, int mode, FileOwner owner, long size, Instant modifiedAt, Instant changedAt) {
    /** What a path names. */
    public enum Kind {
        FILE,
        DIRECTORY,
        SYMLINK,
        OTHER
    }
}
