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
 * The files below one directory of this machine, which is {@code /} for a real host. Since every directory on the way
 * belongs to root or to this process and only they may write to it, nobody else can swap a path between check and use.
 */
public final class RootedHostFiles implements HostFiles {
    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int STICKY = 01000;
    private static final int PERMISSIONS = 07777;
    private static final int ROOT_UID = 0;
    /** The usual {@code /proc/mounts} is a link. */
    private static final String MOUNTS = "/proc/1/mounts";

    private static final int READ_SIZE = 64 * 1024;

    private final Path root;
    private final int ownUid;

    /** Serves the files below {@code root}. */
    public RootedHostFiles(Path root) {
        this.root = root.toAbsolutePath().normalize();
        this.ownUid = attempt("/", () -> owner(this.root).uid());
    }

    @Override
    public Optional<byte[]> read(String path) {
        return attempt(path, () -> {
            Optional<FileStamp> stamp = stamp(path);
            if (stamp.isEmpty()) {
                return Optional.empty();
            }
            if (stamp.get().kind() != FileStamp.Kind.FILE) {
                throw unsafe(path, "is no regular file");
            }
            // Read in large pieces: the kernel answers only the first read of a file below /proc/sys.
            try (InputStream in = new BufferedInputStream(Files.newInputStream(below(path)), READ_SIZE)) {
                ByteArrayOutputStream content = new ByteArrayOutputStream();
                in.transferTo(content);
                return Optional.of(content.toByteArray());
            }
        });
    }

    @Override
    public Optional<FileStamp> stamp(String path) {
        return attempt(path, () -> {
            Path file = below(path);
            if (!checkParents(file) || !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            BasicFileAttributes basic =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return Optional.of(new FileStamp(
                    kind(basic),
                    mode(file),
                    owner(file),
                    basic.size(),
                    basic.lastModifiedTime().toInstant(),
                    changedAt(file)));
        });
    }

    @Override
    public boolean present(String path) {
        return Files.exists(below(path));
    }

    @Override
    public List<String> list(String directory) {
        return attempt(directory, () -> {
            if (!isDirectory(directory)) {
                return List.of();
            }
            try (Stream<Path> entries = Files.list(below(directory))) {
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
                () -> stamp(path)
                                .filter(stamp -> stamp.kind() == FileStamp.Kind.SYMLINK)
                                .isPresent()
                        ? Optional.of(Files.readSymbolicLink(below(path)).toString())
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
    public void link(String path, String target) {
        replace(path, aside -> Files.createSymbolicLink(aside, Path.of(target)));
    }

    @Override
    public void write(String path, byte[] content, int mode) {
        checkTarget(path, FileStamp.Kind.FILE);
        replace(path, aside -> writeSynced(aside, content, file -> setBits(file, mode)));
    }

    /** The bits come last: setuid and setgid end with a change of owner. */
    @Override
    public void write(String path, byte[] content, int mode, FileOwner owner) {
        checkTarget(path, FileStamp.Kind.FILE);
        replace(
                path,
                aside -> writeSynced(aside, content, file -> {
                    setOwner(file, owner);
                    setBits(file, mode);
                }));
    }

    private void replace(String path, FileChange made) {
        attempt(path, () -> {
            Path file = below(path);
            checkParents(file);
            Path aside = aside(file);
            Files.deleteIfExists(aside);
            try {
                made.of(aside);
                Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(aside);
            }
            syncDirectory(parentOf(file));
            return path;
        });
    }

    private static void writeSynced(Path file, byte[] content, FileChange access) throws IOException {
        Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, options, created("rw-------"))) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            access.of(file);
            channel.force(true);
        }
    }

    private static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void makeDirectory(String path, int mode) {
        attempt(path, () -> {
            Path directory = below(path);
            if (checkTarget(path, FileStamp.Kind.DIRECTORY).isPresent()) {
                return setBits(directory, mode);
            }
            Path aside = aside(directory);
            Files.deleteIfExists(aside);
            try {
                Files.createDirectory(aside, created("rwx------"));
                setBits(aside, mode);
                return Files.move(aside, directory, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(aside);
            }
        });
    }

    /** Always the same name, so that the next call finds what a killed one has left. Only one process writes here. */
    private static Path aside(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".nodejoin");
    }

    @Override
    public void setMode(String path, int mode) {
        attempt(path, () -> {
            if (stamp(path).map(FileStamp::kind).orElse(FileStamp.Kind.SYMLINK) == FileStamp.Kind.SYMLINK) {
                throw unsafe(path, "is a link or missing");
            }
            return setBits(below(path), mode);
        });
    }

    @Override
    public void set(String path, String value) {
        attempt(path, () -> Files.writeString(below(path), value, StandardOpenOption.WRITE));
    }

    @Override
    public boolean remove(String path) {
        return attempt(path, () -> {
            discardUnfinished(path);
            try {
                return checkParents(below(path)) && Files.deleteIfExists(below(path));
            } catch (DirectoryNotEmptyException e) {
                return false;
            }
        });
    }

    @Override
    public void discardUnfinished(String path) {
        attempt(path, () -> checkParents(below(path)) && Files.deleteIfExists(aside(below(path))));
    }

    @Override
    public void removeTree(String path) {
        attempt(path, () -> {
            Path tree = below(path);
            if (checkParents(tree)) {
                String prefix = root.getNameCount() == 0 ? "" : root.toString();
                Set<String> mounts =
                        mounts().stream().map(mount -> prefix + mount.target()).collect(Collectors.toSet());
                TreeRemoval.of(tree, Files.getFileStore(parentOf(tree)), mounts);
            }
            return path;
        });
    }

    @Override
    public void sync(String directory) {
        attempt(directory, () -> {
            if (isDirectory(directory)) {
                syncDirectory(below(directory));
            }
            return directory;
        });
    }

    private Path below(String path) {
        Path relative = Path.of(path).normalize();
        if (!path.startsWith("/") || !relative.toString().equals(path)) {
            throw unsafe(path, "is no absolute path in its shortest form");
        }
        return root.resolve(path.substring(1));
    }

    private boolean isDirectory(String path) {
        return stamp(path)
                .filter(stamp -> stamp.kind() == FileStamp.Kind.DIRECTORY)
                .isPresent();
    }

    private Optional<FileStamp> checkTarget(String path, FileStamp.Kind wanted) {
        Optional<FileStamp> stamp = stamp(path);
        if (stamp.isPresent() && stamp.get().kind() != wanted) {
            throw unsafe(path, "is a " + stamp.get().kind() + " where a " + wanted + " is expected");
        }
        return stamp;
    }

    /** Whether all parents exist; throws if one of them is a trap. */
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
        int mode = mode(parent);
        int owner = owner(parent).uid();
        if (owner != ROOT_UID && owner != ownUid) {
            throw unsafe(parent.toString(), "belongs to user " + owner);
        }
        if ((mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0) {
            throw unsafe(parent.toString(), "can be written to by others");
        }
    }

    private static FileStamp.Kind kind(BasicFileAttributes attributes) {
        if (attributes.isSymbolicLink()) {
            return FileStamp.Kind.SYMLINK;
        }
        if (attributes.isDirectory()) {
            return FileStamp.Kind.DIRECTORY;
        }
        return attributes.isRegularFile() ? FileStamp.Kind.FILE : FileStamp.Kind.OTHER;
    }

    private static int mode(Path file) throws IOException {
        return number(file, "unix:mode") & PERMISSIONS;
    }

    private static Instant changedAt(Path file) throws IOException {
        return ((FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS)).toInstant();
    }

    private static FileOwner owner(Path file) throws IOException {
        return new FileOwner(number(file, "unix:uid"), number(file, "unix:gid"));
    }

    private static int number(Path file, String attribute) throws IOException {
        return (Integer) Files.getAttribute(file, attribute, LinkOption.NOFOLLOW_LINKS);
    }

    /** A process without the right to give files away may keep what is its own. */
    private static void setOwner(Path file, FileOwner owner) throws IOException {
        if (!owner(file).equals(owner)) {
            Files.setAttribute(file, "unix:uid", owner.uid());
            Files.setAttribute(file, "unix:gid", owner.gid());
        }
    }

    private static FileAttribute<?> created(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    /** The POSIX permissions that Java knows lack setuid, setgid and the sticky bit. */
    private static Path setBits(Path file, int mode) throws IOException {
        return Files.setAttribute(file, "unix:mode", mode);
    }

    private Path parentOf(Path file) {
        return Objects.requireNonNullElse(file.getParent(), root);
    }

    private static HostFailure unsafe(String path, String why) {
        return new HostFailure(ErrorCode.HOST_PATH_UNSAFE, path + " " + why);
    }

    private static <T> T attempt(String path, FileAction<T> action) {
        try {
            return action.run();
        } catch (NoSuchFileException | AtomicMoveNotSupportedException e) {
            throw new HostFailure(ErrorCode.HOST_PREPARE_FAILED, path + ": a directory on the way is missing");
        } catch (IOException e) {
            throw new HostFailure(code(String.valueOf(e.getMessage())), path + ": " + e.getMessage());
        }
    }

    private static ErrorCode code(String message) {
        boolean disk = Stream.of("No space left", "Read-only file system", "Input/output error", "Disk quota exceeded")
                .anyMatch(message::contains);
        return disk ? ErrorCode.HOST_DISK_FULL : ErrorCode.HOST_PREPARE_FAILED;
    }

    private interface FileAction<T> {
        T run() throws IOException;
    }

    private interface FileChange {
        void of(Path file) throws IOException;
    }
}
