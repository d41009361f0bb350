package io.nodejoin.testbed.provision;

import io.nodejoin.testbed.mount.OwnedDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Copies of what the build made, for processes of a bed: the next build must not change a jar under a running process. */
public final class JarSnapshot {
    private final Repository repository;
    private final Path directory;

    /**
     * Snapshots of this working copy.
     *
     * @param directory where the copies go
     */
    public JarSnapshot(Repository repository, Path directory) {
        this.repository = repository;
        this.directory = directory;
    }

    /** A directory with the module's jar and all that it needs at run time. The same build gives the same directory. */
    public synchronized Path of(String module) {
        Path target = repository.module(module).resolve("target");
        try (Stream<Path> own = Files.list(target);
                Stream<Path> lib = Files.list(target.resolve("lib"))) {
            List<Path> jars = Stream.concat(own, lib)
                    .filter(path -> path.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
            Path copy = directory.resolve(module + "-" + version(jars));
            if (!Files.isDirectory(copy)) {
                copy(jars, copy);
            }
            return copy;
        } catch (IOException missing) {
            throw new UncheckedIOException(
                    "the module " + module + " is not built: run ./mvnw -DskipTests package", missing);
        }
    }

    /** The copy as {@code java -cp} takes it. */
    public String classPath(String module) {
        return of(module) + "/*";
    }

    private static String version(List<Path> jars) throws IOException {
        List<String> content = new ArrayList<>();
        for (Path jar : jars) {
            content.add(jar + " " + Files.size(jar) + " " + Files.getLastModifiedTime(jar));
        }
        return Cache.digest(content);
    }

    private static void copy(List<Path> jars, Path copy) throws IOException {
        Files.createDirectories(copy.getParent());
        Path aside = Files.createTempDirectory(copy.getParent(), "jars.");
        for (Path jar : jars) {
            Files.copy(jar, aside.resolve(jar.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        }
        try {
            Files.move(aside, copy, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException taken) {
            // Another program was faster with the same content; Linux says so by an error that has no class of its own.
            if (!Files.isDirectory(copy)) {
                throw taken;
            }
            new OwnedDirectory(aside).delete();
        }
    }
}
