package io.nodejoin.agent.host;

import java.util.List;
import java.util.Optional;

/**
 * The files of the host, named by absolute paths. No symbolic link is followed, except by {@link #exists}: a link, a
 * directory that others may write to, or a foreign owner on the path causes a {@link HostException} with
 * {@code HOST_PATH_UNSAFE}; a full, read-only or broken disk one with {@code HOST_DISK_FULL}.
 */
public interface HostFiles {
    /** Returns the content of a regular file, or empty if the path does not exist. */
    Optional<byte[]> read(String path);

    /** Returns the attributes of the path, without following a link, or empty if it does not exist. */
    Optional<FileMetadata> metadata(String path);

    /** Returns whether the path exists, following links. */
    boolean exists(String path);

    /** Returns the sorted names in a directory; empty if it does not exist. */
    List<String> list(String directory);

    /** Returns the target of a symbolic link as it is stored, or empty if the path is not a link. */
    Optional<String> linkTarget(String path);

    /** Returns the mounted file systems of the host, as the kernel lists them. */
    List<Mount> mounts();

    /** Returns the targets of {@link #mounts} below a directory, including one mounted over another. */
    default List<String> mountsBelow(String directory) {
        return mounts().stream()
                .map(Mount::target)
                .filter(target -> target.startsWith(directory + "/"))
                .toList();
    }

    /**
     * Makes the path a symbolic link with this target, in place of a file or link. Its directory must exist.
     * Idempotent; removes what a killed call has left.
     */
    void createLink(String path, String target);

    /**
     * Writes the file with exactly this content and mode: to a temporary file, synced, renamed. Its directory must
     * exist. Idempotent; removes what a killed call has left.
     */
    void write(String path, byte[] content, int mode);

    /** As {@link #write(String, byte[], int)}; the file has this owner from its creation on. */
    void write(String path, byte[] content, int mode, FileMetadata.Owner owner);

    /** Creates the directory with this mode, never with another one. Its parent must exist. Idempotent. */
    void createDirectory(String path, int mode);

    /** Sets the permission bits of a file or directory, with setuid, setgid and the sticky bit. */
    void setMode(String path, int mode);

    /** Writes to a file of the kernel, such as one below {@code /proc/sys}, in place. */
    void writeKernelSetting(String path, String value);

    /**
     * Deletes a file, link or empty directory, and what a killed call has left next to it; returns whether there was
     * one. A directory with content stays.
     */
    boolean delete(String path);

    /**
     * Deletes what a killed {@link #write}, {@link #createLink} or {@link #createDirectory} has left next to the path.
     * Idempotent.
     */
    void deleteTemporary(String path);

    /**
     * Deletes the path recursively without following links. Mount points below it, and their parents, stay; other
     * failures are reported after the rest is deleted. Idempotent.
     */
    void deleteTree(String path);

    /** Syncs a directory, with the names in it and its mode. Succeeds if it does not exist. */
    void syncDirectory(String directory);
}
