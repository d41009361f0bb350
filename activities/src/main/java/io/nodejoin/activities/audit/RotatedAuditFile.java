package io.nodejoin.activities.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An audit file that is kept open, and may be renamed or deleted while the service runs: before each write it is opened
 * anew if its path does not name the open file any more.
 *
 * <p>Written through {@link RandomAccessFile}, because the interrupt of a thread closes a {@link FileChannel}, and would
 * fail the entries of the other threads.
 */
final class RotatedAuditFile implements AuditFile {
    private static final int LINE_END = '\n';

    private final Path file;
    private @Nullable OpenFile current;

    RotatedAuditFile(Path file) {
        this.file = file;
    }

    /** @param key identifies the file, whatever its name is: device and inode */
    private record OpenFile(
            RandomAccessFile content, @Nullable Object key) {}

    @Override
    public void append(byte[] lines) throws IOException {
        RandomAccessFile content = currentFile();
        try {
            append(content, lines);
            content.getFD().sync();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public void requireWritable() throws IOException {
        open().content().close();
    }

    private RandomAccessFile currentFile() throws IOException {
        OpenFile opened = current;
        if (opened == null || !Objects.equals(opened.key(), keyOfPath())) {
            close();
            opened = open();
            current = opened;
        }
        return opened.content();
    }

    private void close() throws IOException {
        OpenFile opened = current;
        current = null;
        if (opened != null) {
            opened.content().close();
        }
    }

    /**
     * Takes the key first: if another file gets the name in between, the next write finds that the keys differ. The
     * directory is synced too: without that, a new file's name may be lost.
     */
    private OpenFile open() throws IOException {
        createIfAbsent();
        Object key = keyOfPath();
        RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw");
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException e) {
            content.close();
            throw e;
        }
        return new OpenFile(content, key);
    }

    private void createIfAbsent() throws IOException {
        if (Files.notExists(file)) {
            FileChannel.open(
                            file,
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                    .close();
        }
    }

    /** Returns null if there is no file of this name. */
    private @Nullable Object keyOfPath() throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException _) {
            return null;
        }
    }

    /** Ends a line that a crash has truncated, so that it does not corrupt the next entry. */
    private static void append(RandomAccessFile content, byte[] lines) throws IOException {
        long end = content.length();
        if (end > 0) {
            content.seek(end - 1);
            int last = content.read();
            content.seek(end);
            if (last >= 0 && last != LINE_END) {
                content.write(LINE_END);
            }
        }
        content.write(lines);
    }
}
