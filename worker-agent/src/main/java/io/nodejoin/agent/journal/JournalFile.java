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

/** A file of lines. A last one that a crash or a full disk has torn is cut off. */
final class JournalFile implements AutoCloseable {
    private static final Logger LOG = System.getLogger(JournalFile.class.getName());

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<OpenOption> APPEND_OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final Set<OpenOption> CREATE_OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);

    private final Path file;
    /** Always the same, so that the next process finds what a killed one has left. */
    private final Path temporary;

    private FileChannel channel;
    private boolean closed;
    /** Where the next line begins. */
    private long end;
    /** Whether a power cut leaves at the path what is there now. */
    private boolean directorySynced;

    private JournalFile(Path file, FileChannel channel) {
        this.file = file;
        this.temporary = file.resolveSibling("." + file.getFileName() + ".nodejoin");
        this.channel = channel;
    }

    /** Opens the file, making it if there is none, and has its lines read one by one. */
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

    /** How many bytes it has. */
    long length() {
        return end;
    }

    /** Writes these lines behind the others, all or none, and has them on disk by then if {@code sync} is set. */
    void append(byte[] lines, boolean sync) throws IOException {
        retryIfInterrupted(() -> appendOnce(lines, sync));
        end += lines.length;
    }

    /** A line that a full disk has cut is taken back: another one behind it would make both unreadable. */
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

    /** Puts these lines in the place of all. A crash, or a failure, leaves either the ones or the others. */
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

    /** Before it is, a line behind the others may be on disk and nobody find it. */
    private void syncDirectoryOnce() throws IOException {
        if (!directorySynced) {
            try (FileChannel directory =
                    FileChannel.open(file.toAbsolutePath().resolveSibling("."), StandardOpenOption.READ)) {
                directory.force(true);
            }
            directorySynced = true;
        }
    }

    /** An interrupt closes the channel that it meets. It must cost neither the lines nor the file, and stays set. */
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

    /** A disk that is read-only keeps a channel closed that an interrupt has closed, until it may be written to again. */
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

    /** Whom the lines are told. */
    interface LineConsumer {
        void accept(String line) throws IOException;
    }

    private interface FileOperation {
        void run() throws IOException;
    }
}
