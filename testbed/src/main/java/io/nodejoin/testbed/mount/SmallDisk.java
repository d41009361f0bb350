package io.nodejoin.testbed.mount;

import io.nodejoin.testbed.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A directory of the bed on a file system of its own, in memory, small enough to be filled. Needs root. */
public final class SmallDisk implements AutoCloseable {
    private static final int BLOCK = 1 << 20;
    private static final int PAGE = 4096;

    private final Path directory;
    private final Path aside;

    private SmallDisk(Path directory) {
        this.directory = directory;
        this.aside = directory.resolveSibling(directory.getFileName() + ".aside");
    }

    /**
     * Moves the directory's content to a file system of its own. The directory must not be in use.
     *
     * @param room free bytes in addition to the content
     */
    public static SmallDisk mountAt(Path directory, long room) {
        SmallDisk disk = new SmallDisk(directory);
        disk.mount(room);
        return disk;
    }

    private void mount(long room) {
        long used = 1024L
                * Long.parseLong(Command.of("du", "--summarize", "--block-size=1K", directory.toString())
                        .run()
                        .orFail()
                        .output()
                        .split("\\s", 2)[0]);
        Command.of("mv", directory.toString(), aside.toString()).run().orFail();
        Command.of("mkdir", directory.toString()).run().orFail();
        Command.of(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "mode=0700,size=" + (used + room),
                        "nodejoin-disk",
                        directory.toString())
                .run()
                .orFail();
        copy(aside, directory);
    }

    /** Takes all the room that is left. */
    public void fill() {
        try (FileChannel ballast = FileChannel.open(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            fill(ballast, BLOCK);
            fill(ballast, PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException("no ballast in " + directory, e);
        }
    }

    private static void fill(FileChannel ballast, int size) {
        try {
            while (ballast.write(ByteBuffer.allocate(size)) == size) {}
        } catch (IOException _) {
            // There is no room for another one.
        }
    }

    /** Gives the room back. */
    public void clear() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException("the ballast stays in " + directory, e);
        }
    }

    private Path ballast() {
        return directory.resolve("ballast");
    }

    /** Moves the content back to the original file system. The directory must not be in use. */
    @Override
    public void close() {
        clear();
        Command.of("rm", "--recursive", aside.toString()).run().orFail();
        Command.of("mkdir", aside.toString()).run().orFail();
        copy(directory, aside);
        new OwnedDirectory(directory).unmount();
        Command.of("rmdir", directory.toString()).run().orFail();
        Command.of("mv", aside.toString(), directory.toString()).run().orFail();
    }

    private static void copy(Path from, Path to) {
        Command.of("cp", "--archive", from + "/.", to.toString()).run().orFail();
    }
}
