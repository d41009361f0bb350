package io.nodejoin.agent.host;

import java.time.Instant;

/**
 * File attributes.
 *
 * @param mode the permission bits with setuid, setgid and the sticky bit, as in {@code 02755}
 * @param changedAt the inode change time, which only the kernel sets; {@code modifiedAt} can be set by the owner
 */
public record FileMetadata(Kind kind, int mode, Owner owner, long size, Instant modifiedAt, Instant changedAt) {
    /** The user and group ids of a file. */
    public record Owner(int uid, int gid) {}

    /** The kind of a file. */
    public enum Kind {
        FILE,
        DIRECTORY,
        SYMLINK,
        OTHER
    }
}
