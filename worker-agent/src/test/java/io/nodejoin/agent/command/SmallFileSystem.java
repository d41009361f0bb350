package io.nodejoin.agent.command;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Assumptions;

/** A file system of a few pages over a directory. A test that needs one is skipped where nothing may be mounted. */
public final class SmallFileSystem {
    private static final int PAGE = 4096;

    private final Path place;
    private boolean mounted;

    public SmallFileSystem(Path place) {
        this.place = place;
    }

    public void mount() throws IOException, InterruptedException {
        String refusal = run("mount", "-t", "tmpfs", "-o", "size=512k,mode=0755", "nodejoin-test", place.toString());
        if (!refusal.isEmpty()) {
            System.err.println("a disk that is full or read-only is not tested: " + refusal);
            Assumptions.abort("nothing may be mounted here: " + refusal);
        }
        mounted = true;
    }

    void makeReadOnly() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                run("mount", "-o", "remount,ro", place.toString()).isEmpty());
    }

    /** Fills it so that this many pages are left. */
    public void leave(int pages) throws IOException {
        long filled = 0;
        try (OutputStream filler = Files.newOutputStream(filler())) {
            while (true) {
                filler.write(new byte[PAGE]);
                filled++;
            }
        } catch (IOException full) {
            try (FileChannel filler = FileChannel.open(filler(), StandardOpenOption.WRITE)) {
                filler.truncate((filled - pages) * PAGE);
            }
        }
    }

    public void empty() throws IOException {
        Files.delete(filler());
    }

    private Path filler() {
        return place.resolve("filler");
    }

    public void unmount() throws IOException, InterruptedException {
        if (mounted) {
            run("umount", place.toString());
            mounted = false;
        }
    }

    /** What it says if it fails, else nothing. */
    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : "'" + command[0] + "' says " + said.strip();
    }
}
