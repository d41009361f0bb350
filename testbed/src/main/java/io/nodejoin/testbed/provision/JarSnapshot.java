package io.nodejoin.testbed.provision;

import io.nodejoin.testbed.mount.OwnedDirectory;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Copies of the build's jars for processes of a bed, so that a rebuild does not change a jar in use. The JVM's AOT
 * caches of these jars (JEP 514) are kept next to the build and shared by all beds.
 */
public final class JarSnapshot {
    private static final String AOT_CACHE_FILE = "classes.aot";

    private final SourceTree sourceTree;
    private final Path directory;
    private final Cache aotCaches;

    /**
     * Snapshots of this working copy.
     *
     * @param directory where the copies go
     */
    public JarSnapshot(SourceTree sourceTree, Path directory) {
        this.sourceTree = sourceTree;
        this.directory = directory;
        this.aotCaches = new Cache(sourceTree.testbed("target/aot"));
    }

    /**
     * Returns a directory with the module's jar and all that it needs at run time. The same build gives the same
     * directory.
     */
    public synchronized Path copyOf(String module) {
        try {
            List<Path> jars = jars(module);
            Path copy = directory.resolve(name(module, jars));
            if (!Files.isDirectory(copy)) {
                copy(jars, copy);
            }
            return copy;
        } catch (IOException missing) {
            throw notBuiltException(module, missing);
        }
    }

    /** The copy as {@code java -cp} takes it, jar by jar: a JVM that has learned from a copy knows another one by their order. */
    public String classPath(String module) {
        try (Stream<Path> jars = Files.list(copyOf(module))) {
            return jars.map(Path::toString).sorted().collect(Collectors.joining(File.pathSeparator));
        } catch (IOException e) {
            throw new UncheckedIOException("the copy of the module " + module + " cannot be read", e);
        }
    }

    /** Returns the path of the JVM's AOT cache of the module's jars, whether it exists or not. */
    public Path aotCacheFile(String module) {
        return aotCaches.root().resolve(name(module)).resolve(AOT_CACHE_FILE);
    }

    /** Creates the AOT cache, unless it exists, by running this with its path; deletes those of earlier builds. */
    public void createAotCache(String module, Consumer<Path> make) {
        Path _ = aotCaches.getOrCreate(name(module), made -> {
            deleteEarlierCaches(module, made);
            make.accept(made.resolve(AOT_CACHE_FILE));
        });
    }

    private void deleteEarlierCaches(String module, Path made) {
        try (DirectoryStream<Path> earlier = Files.newDirectoryStream(
                aotCaches.root(),
                path -> path.getFileName().toString().startsWith(module + "-")
                        && Files.isDirectory(path)
                        && !path.equals(made))) {
            earlier.forEach(entry -> new OwnedDirectory(entry).delete());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look through " + aotCaches.root(), e);
        }
    }

    private String name(String module) {
        try {
            return name(module, jars(module));
        } catch (IOException missing) {
            throw notBuiltException(module, missing);
        }
    }

    private List<Path> jars(String module) throws IOException {
        Path target = sourceTree.module(module).resolve("target");
        try (Stream<Path> own = Files.list(target);
                Stream<Path> lib = Files.list(target.resolve("lib"))) {
            return Stream.concat(own, lib)
                    .filter(path -> path.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    private static UncheckedIOException notBuiltException(String module, IOException missing) {
        return new UncheckedIOException(
                "the module " + module + " is not built: run ./mvnw -DskipTests package", missing);
    }

    private static String name(String module, List<Path> jars) throws IOException {
        return module + "-" + version(jars);
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
            // Another process was faster with the same content; Linux reports that by an error without a class of its
            // own.
            if (!Files.isDirectory(copy)) {
                throw taken;
            }
            new OwnedDirectory(aside).delete();
        }
    }
}
