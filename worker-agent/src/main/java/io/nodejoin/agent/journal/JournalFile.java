package io.nodejoin.agent.journal;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file of lines. Truncates an incomplete last line, which a crash or a full disk may have left. */
final class JournalFile implements AutoCloseable {
    private static final Logger LOG = System.getLogger(JournalFile.class.getName());

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<OpenOption> APPEND_OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final Set<OpenOption> CREATE_OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);

    private final Path file;
    /** Always the same name, so that the next process finds what a killed one has left. */
    private final Path temporary;

    private FileChannel channel;
    private boolean closed;
    /** The offset of the next line. */
    private long end;
    /** Whether the directory entry of the file is on disk. */
    private boolean directorySynced;

    private JournalFile(Path file, FileChannel channel) {
        this.file = file;
        this.temporary = file.resolveSibling("." + file.getFileName() + ".nodejoin");
        this.channel = channel;
    }

    /** Opens the file, creating it if it is missing, and passes its lines to the reader. */
    static JournalFile open(Path file, LineConsumer reader) throws IOException {
        JournalFile lines = new JournalFile(file, FileChannel.open(file, APPEND_OPTIONS, OWNER_ONLY));
        lines.deleteTemporary();
        lines.read(reader);
        lines.truncateAtEnd();
        lines.syncDirectoryOnce();
        return lines;
    }

    private void read(LineConsumer reader) throws IOException {
        InputStream bytes = new BufferedInputStream(Channels.newInputStream(channel));
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = bytes.read(); next >= 0; next = bytes.read()) {
            if (next == '\n') {
                reader.accept(line.toString(StandardCharsets.UTF_8));
                end += line.size() + 1;
                line.reset();
            } else {
                line.write(next);
            }
        }
    }

    /** Returns the length in bytes. */
    long length() {
        return end;
    }

    /** Appends all of these lines or none; synced on return if {@code sync} is set. */
    void append(byte[] lines, boolean sync) throws IOException {
        retryIfInterrupted(() -> appendOnce(lines, sync));
        end += lines.length;
    }

    /** Truncates a line that a full disk has cut: appending to it would make both lines unreadable. */
    private void appendOnce(byte[] lines, boolean sync) throws IOException {
        try {
            ensureOpen();
            syncDirectoryOnce();
            write(channel, lines);
            if (sync) {
                channel.force(false);
            }
        } catch (IOException e) {
            if (channel.isOpen()) {
                truncateAtEnd();
            }
            throw e;
        }
    }

    /** Replaces the whole file. After a crash or a failure it has either the old lines or the new ones. */
    void replace(Iterable<byte[]> lines) throws IOException {
        retryIfInterrupted(() -> replaceOnce(lines));
    }

    private void replaceOnce(Iterable<byte[]> lines) throws IOException {
        FileChannel next = FileChannel.open(temporary, CREATE_OPTIONS, OWNER_ONLY);
        long length = 0;
        try {
            for (byte[] line : lines) {
                write(next, line);
                length += line.length;
            }
            next.force(true);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            next.close();
            deleteTemporary();
            throw e;
        }
        FileChannel before = channel;
        channel = next;
        end = length;
        directorySynced = false;
        before.close();
        syncDirectoryOnce();
    }

    private void deleteTemporary() {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} stays: {1}", temporary, e);
        }
    }

    private static void write(FileChannel target, byte[] lines) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(lines);
        while (rest.hasRemaining()) {
            target.write(rest);
        }
    }

    /** Without this, an appended line may be on disk in a file without a name. */
    private void syncDirectoryOnce() throws IOException {
        if (!directorySynced) {
            try (FileChannel directory =
                    FileChannel.open(file.toAbsolutePath().resolveSibling("."), StandardOpenOption.READ)) {
                directory.force(true);
            }
            directorySynced = true;
        }
    }

    /**
     * An interrupt closes the channel that it hits. It must lose neither lines nor file, and the interrupt status is
     * kept.
     */
    private static void retryIfInterrupted(FileOperation attempt) throws IOException {
        boolean interrupted = false;
        try {
            while (!runUnlessInterrupted(attempt)) {
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean runUnlessInterrupted(FileOperation attempt) throws IOException {
        try {
            attempt.run();
            return true;
        } catch (ClosedByInterruptException _) {
            return false;
        }
    }

    /** A channel that an interrupt has closed cannot be reopened while the disk is read-only. */
    private void ensureOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (!channel.isOpen()) {
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
            truncateAtEnd();
        }
    }

    private void truncateAtEnd() throws IOException {
        channel.truncate(end);
        channel.position(end);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        channel.close();
    }

    /** Receives the lines of the file. */
    interface LineConsumer {
        void accept(String line) throws IOException;
    }

    private interface FileOperation {
        void run() throws IOException;
    }
}
