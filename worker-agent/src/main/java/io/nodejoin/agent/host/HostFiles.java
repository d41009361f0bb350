package io.nodejoin.agent.host;

import java.util.List;
import java.util.Optional;

/**
 * The files of the host, named by absolute paths. No symbolic link is followed, except by {@link #exists}: a link, a directory that others
 * may write to, or a foreign owner on the way ends in a {@link HostException} with {@code HOST_PATH_UNSAFE}; a full,
 * read-only or broken disk in one with {@code HOST_DISK_FULL}.
 */
public interface HostFiles {
    /** The content of a regular file, or empty if the path names nothing. */
    Optional<byte[]> read(String path);

    /** What the path names, without following a link, or empty if it names nothing. */
    Optional<FileMetadata> metadata(String path);

    /** Whether the path names something, behind links too. */
    boolean exists(String path);

    /** The sorted names in a directory, empty if there is no such directory. */
    List<String> list(String directory);

    /** Where a symbolic link leads, as it says itself, or empty if the path names none. */
    Optional<String> linkTarget(String path);

    /** The mounted file systems of the host, as the kernel lists them. */
    List<Mount> mounts();

    /** The targets of {@link #mounts} below a directory; one that covers another is named as well. */
    default List<String> mountsBelow(String directory) {
        return mounts().stream()
                .map(Mount::target)
                .filter(target -> target.startsWith(directory + "/"))
                .toList();
    }

    /**
     * Makes the path a symbolic link that leads there, in place of a file or link; its directory exists. A second call
     * leaves the same link, and nothing of a first one that was killed.
     */
    void createLink(String path, String target);

    /**
     * Makes the file hold exactly this content and mode: written aside, synced, renamed. Its directory exists. A second
     * call leaves the same file, and nothing of a first one that was killed.
     */
    void write(String path, byte[] content, int mode);

    /** The same, and the file is this owner's from the moment it is there. */
    void write(String path, byte[] content, int mode, FileOwner owner);

    /** Makes the directory exist with this mode, never with another one; its parent exists. A second call changes nothing. */
    void createDirectory(String path, int mode);

    /** Sets the permission bits of a file or directory, with setuid, setgid and the sticky bit. */
    void setMode(String path, int mode);

    /**
     * Writes into a file of the kernel, such as one below {@code /proc/sys}, in place.
     */
    void writeKernelSetting(String path, String value);

    /**
     * Removes a file, link or empty directory, and what a killed call has left beside it; returns whether there was one.
     * A directory with content stays.
     */
    boolean delete(String path);

    /** Removes what a killed {@link #write}, {@link #createLink} or {@link #createDirectory} has left beside the path. A second call does nothing. */
    void deleteTemporary(String path);

    /**
     * Removes what the path names, with all its content, without following links. What is mounted there stays, with the
     * directories above it; what else cannot be removed is told once the rest is gone. A second call does nothing.
     */
    void deleteTree(String path);

    /** Has it on disk what names the directory holds, and its mode. A directory that is not there counts as done. */
    void syncDirectory(String directory);
}
