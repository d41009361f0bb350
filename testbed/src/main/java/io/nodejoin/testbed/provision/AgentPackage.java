package io.nodejoin.testbed.provision;

import io.nodejoin.testbed.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** The package of the worker-agent that this build has made. */
public final class AgentPackage {
    private static final String MODULE = "agent-package";
    private static final String SUMS = "SHA256SUMS";

    private final SourceTree sourceTree;
    private final Path copies;

    /**
     * The package of this working copy.
     *
     * @param copies a directory for copies: the next build must not change files under a running process
     */
    public AgentPackage(SourceTree sourceTree, Path copies) {
        this.sourceTree = sourceTree;
        this.copies = copies;
    }

    /** A directory with what the package has in /usr/lib/nodejoin-agent. The same build gives the same directory. */
    public synchronized Path image() {
        Path built = target().resolve("image/usr/lib/nodejoin-agent");
        try {
            Path copy = copies.resolve("agent-" + Cache.digest(Files.readAllLines(built.resolve(SUMS))));
            if (!Files.isDirectory(copy)) {
                copy(built, copy);
            }
            return copy;
        } catch (IOException missing) {
            throw notBuilt(missing);
        }
    }

    /** One of the files that are not made by the build, by its path on a host without the first slash. */
    public Path file(String installed) {
        return sourceTree.module(MODULE).resolve("src/main/files").resolve(installed);
    }

    /** The names of those in a directory on a host. */
    public List<String> filesIn(String installed) {
        try (Stream<Path> files = Files.list(file(installed))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot list " + file(installed), unreadable);
        }
    }

    /** The .deb. */
    public Path deb() {
        try (Stream<Path> files = Files.list(target())) {
            return files.filter(file -> file.toString().endsWith(".deb"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no .deb in " + target()));
        } catch (IOException missing) {
            throw notBuilt(missing);
        }
    }

    private Path target() {
        return sourceTree.module(MODULE).resolve("target");
    }

    private static UncheckedIOException notBuilt(IOException missing) {
        return new UncheckedIOException(
                "the module " + MODULE + " is not built: run ./mvnw -DskipTests package", missing);
    }

    private void copy(Path built, Path copy) throws IOException {
        Path aside = Files.createTempDirectory(Files.createDirectories(copies), "agent.");
        Command.of(List.of("cp", "--archive", built + "/.", aside.toString()))
                .run()
                .orFail();
        try {
            Files.move(aside, copy, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException taken) {
            // Another program was faster with the same content.
            if (!Files.isDirectory(copy)) {
                throw taken;
            }
            Command.of("rm", "-r", aside.toString()).run().orFail();
        }
    }
}
