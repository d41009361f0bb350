package io.nodejoin.agent.host;

import io.nodejoin.protocol.ErrorCode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files below one directory of this machine, which is {@code /} for a real host. Requires that every directory on
 * the path belongs to root or this process, and that no other user can write to it, so that no other user can swap a
 * path between check and use.
 */
public final class RootedHostFiles implements HostFiles {
    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int STICKY = 01000;
    private static final int PERMISSIONS = 07777;
    private static final int ROOT_UID = 0;
    /** {@code /proc/mounts} itself is a link. */
    private static final String MOUNTS = "/proc/1/mounts";

    private static final int READ_SIZE = 64 * 1024;

    private final Path root;
    private final int ownUid;

    /** Creates the files below {@code root}. */
    public RootedHostFiles(Path root) {
        this.root = root.toAbsolutePath().normalize();
        this.ownUid = attempt("/", () -> readOwner(this.root).uid());
    }

    @Override
    public Optional<byte[]> read(String path) {
        return attempt(path, () -> {
            Optional<FileMetadata> stamp = metadata(path);
            if (stamp.isEmpty()) {
                return Optional.empty();
            }
            if (stamp.get().kind() != FileMetadata.Kind.FILE) {
                throw unsafe(path, "is no regular file");
            }
            // Read in large pieces: the kernel serves only the first read of a file below /proc/sys.
            try (InputStream in = new BufferedInputStream(Files.newInputStream(resolve(path)), READ_SIZE)) {
                ByteArrayOutputStream content = new ByteArrayOutputStream();
                in.transferTo(content);
                return Optional.of(content.toByteArray());
            }
        });
    }

    @Override
    public Optional<FileMetadata> metadata(String path) {
        return attempt(path, () -> {
            Path file = resolve(path);
            if (!checkParents(file) || !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            BasicFileAttributes basic =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return Optional.of(new FileMetadata(
                    kindOf(basic),
                    readMode(file),
                    readOwner(file),
                    basic.size(),
                    basic.lastModifiedTime().toInstant(),
                    readChangeTime(file)));
        });
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(resolve(path));
    }

    @Override
    public List<String> list(String directory) {
        return attempt(directory, () -> {
            if (!isDirectory(directory)) {
                return List.of();
            }
            try (Stream<Path> entries = Files.list(resolve(directory))) {
                return entries.map(entry -> entry.getFileName().toString())
                        .sorted()
                        .toList();
            }
        });
    }

    @Override
    public Optional<String> linkTarget(String path) {
        return attempt(
                path,
                () -> metadata(path)
                                .filter(metadata -> metadata.kind() == FileMetadata.Kind.SYMLINK)
                                .isPresent()
                        ? Optional.of(Files.readSymbolicLink(resolve(path)).toString())
                        : Optional.empty());
    }

    @Override
    public List<Mount> mounts() {
        return read(MOUNTS)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("")
                .lines()
                .flatMap(Mount::parse)
                .toList();
    }

    @Override
    public void createLink(String path, String target) {
        replaceAtomically(path, aside -> Files.createSymbolicLink(aside, Path.of(target)));
    }

    @Override
    public void write(String path, byte[] content, int mode) {
        checkTarget(path, FileMetadata.Kind.FILE);
        replaceAtomically(path, aside -> writeSynced(aside, content, file -> setBits(file, mode)));
    }

    /** Sets the bits last: a change of owner clears setuid and setgid. */
    @Override
    public void write(String path, byte[] content, int mode, FileMetadata.Owner owner) {
        checkTarget(path, FileMetadata.Kind.FILE);
        replaceAtomically(
                path,
                aside -> writeSynced(aside, content, file -> {
                    setOwner(file, owner);
                    setBits(file, mode);
                }));
    }

    private void replaceAtomically(String path, FileChange made) {
        attempt(path, () -> {
            Path file = resolve(path);
            checkParents(file);
            Path aside = temporaryFile(file);
            Files.deleteIfExists(aside);
            try {
                made.apply(aside);
                Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(aside);
            }
            fsyncDirectory(parentOf(file));
            return path;
        });
    }

    private static void writeSynced(Path file, byte[] content, FileChange access) throws IOException {
        Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, options, creationPermissions("rw-------"))) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            access.apply(file);
            channel.force(true);
        }
    }

    private static void fsyncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void createDirectory(String path, int mode) {
        attempt(path, () -> {
            Path directory = resolve(path);
            if (checkTarget(path, FileMetadata.Kind.DIRECTORY).isPresent()) {
                return setBits(directory, mode);
            }
            Path aside = temporaryFile(directory);
            Files.deleteIfExists(aside);
            try {
                Files.createDirectory(aside, creationPermissions("rwx------"));
                setBits(aside, mode);
                return Files.move(aside, directory, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(aside);
            }
        });
    }

    /** Always the same name, so that the next call finds what a killed one has left. Only one process writes here. */
    private static Path temporaryFile(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".nodejoin");
    }

    @Override
    public void setMode(String path, int mode) {
        attempt(path, () -> {
            if (metadata(path).map(FileMetadata::kind).orElse(FileMetadata.Kind.SYMLINK) == FileMetadata.Kind.SYMLINK) {
                throw unsafe(path, "is a link or missing");
            }
            return setBits(resolve(path), mode);
        });
    }

    @Override
    public void writeKernelSetting(String path, String value) {
        attempt(path, () -> Files.writeString(resolve(path), value, StandardOpenOption.WRITE));
    }

    @Override
    public boolean delete(String path) {
        return attempt(path, () -> {
            deleteTemporary(path);
            try {
                return checkParents(resolve(path)) && Files.deleteIfExists(resolve(path));
            } catch (DirectoryNotEmptyException e) {
                return false;
            }
        });
    }

    @Override
    public void deleteTemporary(String path) {
        attempt(path, () -> checkParents(resolve(path)) && Files.deleteIfExists(temporaryFile(resolve(path))));
    }

    @Override
    public void deleteTree(String path) {
        attempt(path, () -> {
            Path tree = resolve(path);
            if (checkParents(tree)) {
                String prefix = root.getNameCount() == 0 ? "" : root.toString();
                Set<String> mounts =
                        mounts().stream().map(mount -> prefix + mount.target()).collect(Collectors.toSet());
                TreeDeletion.delete(tree, Files.getFileStore(parentOf(tree)), mounts);
            }
            return path;
        });
    }

    @Override
    public void syncDirectory(String directory) {
        attempt(directory, () -> {
            if (isDirectory(directory)) {
                fsyncDirectory(resolve(directory));
            }
            return directory;
        });
    }

    private Path resolve(String path) {
        Path relative = Path.of(path).normalize();
        if (!path.startsWith("/") || !relative.toString().equals(path)) {
            throw unsafe(path, "is no absolute path in its shortest form");
        }
        return root.resolve(path.substring(1));
    }

    private boolean isDirectory(String path) {
        return metadata(path)
                .filter(metadata -> metadata.kind() == FileMetadata.Kind.DIRECTORY)
                .isPresent();
    }

    private Optional<FileMetadata> checkTarget(String path, FileMetadata.Kind wanted) {
        Optional<FileMetadata> stamp = metadata(path);
        if (stamp.isPresent() && stamp.get().kind() != wanted) {
            throw unsafe(path, "is a " + stamp.get().kind() + " where a " + wanted + " is expected");
        }
        return stamp;
    }

    /** Returns whether all parents exist; throws if one of them is unsafe. */
    private boolean checkParents(Path file) throws IOException {
        Path relative = root.relativize(file);
        Path parent = root;
        for (int i = 0; i < relative.getNameCount() - 1; i++) {
            parent = parent.resolve(relative.getName(i));
            if (!Files.exists(parent, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
            checkParent(parent);
        }
        return true;
    }

    private void checkParent(Path parent) throws IOException {
        if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
            throw unsafe(parent.toString(), "is a link or no directory");
        }
        int mode = readMode(parent);
        int owner = readOwner(parent).uid();
        if (owner != ROOT_UID && owner != ownUid) {
            throw unsafe(parent.toString(), "belongs to user " + owner);
        }
        if ((mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0) {
            throw unsafe(parent.toString(), "can be written to by others");
        }
    }

    private static FileMetadata.Kind kindOf(BasicFileAttributes attributes) {
        if (attributes.isSymbolicLink()) {
            return FileMetadata.Kind.SYMLINK;
        }
        if (attributes.isDirectory()) {
            return FileMetadata.Kind.DIRECTORY;
        }
        return attributes.isRegularFile() ? FileMetadata.Kind.FILE : FileMetadata.Kind.OTHER;
    }

    private static int readMode(Path file) throws IOException {
        return readNumber(file, "unix:mode") & PERMISSIONS;
    }

    private static Instant readChangeTime(Path file) throws IOException {
        return ((FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS)).toInstant();
    }

    private static FileMetadata.Owner readOwner(Path file) throws IOException {
        return new FileMetadata.Owner(readNumber(file, "unix:uid"), readNumber(file, "unix:gid"));
    }

    private static int readNumber(Path file, String attribute) throws IOException {
        return (Integer) Files.getAttribute(file, attribute, LinkOption.NOFOLLOW_LINKS);
    }

    /** A process that may not change owners keeps files that are its own. */
    private static void setOwner(Path file, FileMetadata.Owner owner) throws IOException {
        if (!readOwner(file).equals(owner)) {
            Files.setAttribute(file, "unix:uid", owner.uid());
            Files.setAttribute(file, "unix:gid", owner.gid());
        }
    }

    private static FileAttribute<?> creationPermissions(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    /** Java's POSIX permissions lack setuid, setgid and the sticky bit. */
    private static Path setBits(Path file, int mode) throws IOException {
        return Files.setAttribute(file, "unix:mode", mode);
    }

    private Path parentOf(Path file) {
        return Objects.requireNonNullElse(file.getParent(), root);
    }

    private static HostException unsafe(String path, String why) {
        return new HostException(ErrorCode.HOST_PATH_UNSAFE, path + " " + why);
    }

    private static <T> T attempt(String path, FileAction<T> action) {
        try {
            return action.run();
        } catch (NoSuchFileException | AtomicMoveNotSupportedException e) {
            throw new HostException(ErrorCode.HOST_COMMAND_FAILED, path + ": a parent directory is missing");
        } catch (IOException e) {
            throw new HostException(errorCode(String.valueOf(e.getMessage())), path + ": " + e.getMessage());
        }
    }

    private static ErrorCode errorCode(String message) {
        boolean disk = Stream.of("No space left", "Read-only file system", "Input/output error", "Disk quota exceeded")
                .anyMatch(message::contains);
        return disk ? ErrorCode.HOST_DISK_FULL : ErrorCode.HOST_COMMAND_FAILED;
    }

    private interface FileAction<T> {
        T run() throws IOException;
    }

    private interface FileChange {
        void apply(Path file) throws IOException;
    }
}
