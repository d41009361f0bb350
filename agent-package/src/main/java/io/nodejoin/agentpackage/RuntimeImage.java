package io.nodejoin.agentpackage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The directory that becomes {@link #INSTALLED} on a host. The same jars, Java and timestamp give the same bytes.
 *
 * @param directory is emptied and filled
 * @param timestamp of all files; the archive of classes holds only for jars of the time that it has seen
 */
record RuntimeImage(Path directory, Instant timestamp) {
    static final Path INSTALLED = Path.of("/usr/lib/nodejoin-agent");

    /** What the agent calls. Jackson also names java.desktop and java.sql, and does without them. */
    private static final String MODULES = "java.base,java.logging,java.net.http";

    private static final String CDS_ARCHIVE = "classes.jsa";
    private static final String OPTIONS_FILE = "java.options";
    private static final String CHECKSUM_FILE = "SHA256SUMS";
    private static final String CLASS = ".class";

    /**
     * The agent waits most of its time and works for seconds, so memory counts for more than speed. It has more carriers of virtual
     * threads than a small host has processors: one that loads a class keeps its carrier, and all can wait for a thread that has
     * none. A carrier that is not needed ends.
     */
    static final List<String> JVM_OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xms8m",
            "-Xmx48m",
            "-XX:TrimNativeHeapInterval=5000",
            "-Xss512k",
            "-Djdk.virtualThreadScheduler.parallelism=64",
            "-XX:MaxMetaspaceSize=64m",
            "-XX:ReservedCodeCacheSize=24m",
            "-XX:+UseCompactObjectHeaders",
            "-XX:-UsePerfData",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+DisableAttachMechanism");

    /**
     * Fills the directory.
     *
     * @param jars what the agent consists of
     * @param classes which classes of others, and which ways to call them, it needs from its start to the end of a join
     */
    void build(Path jars, Path classes) throws IOException, InterruptedException {
        clear();
        copy(jars);
        runJlink();
        setTimes();
        writeCdsArchive(classes);
        Files.write(directory.resolve(OPTIONS_FILE), javaOptions());
        setTimes();
        Files.write(directory.resolve(CHECKSUM_FILE), checksums());
        setTimes();
    }

    private void writeCdsArchive(Path classes) throws IOException, InterruptedException {
        Path all = Files.createTempFile("nodejoin-agent", ".classes");
        try {
            List<String> lines = new ArrayList<>(ownClasses());
            lines.addAll(Files.readAllLines(classes));
            Files.write(all, lines);
            List<String> command = new ArrayList<>(
                    List.of(directory.resolve("runtime/bin/java").toString()));
            command.addAll(JVM_OPTIONS);
            command.addAll(List.of(
                    "-Xshare:dump",
                    "-Xlog:disable",
                    "-Xlog:all=error:stderr",
                    "-XX:SharedClassListFile=" + all,
                    "-XX:SharedArchiveFile=" + directory.resolve(CDS_ARCHIVE),
                    "-cp",
                    classPath(directory)));
            run(command);
        } finally {
            Files.delete(all);
        }
    }

    /** Returns the names of Nodejoin's own classes, all of which an agent may need. */
    private List<String> ownClasses() throws IOException {
        List<String> own = new ArrayList<>();
        try (Stream<Path> jars = Files.list(directory.resolve("lib"))) {
            for (Path jar : jars.filter(file -> file.getFileName().toString().startsWith("nodejoin-"))
                    .sorted()
                    .toList()) {
                try (JarFile file = new JarFile(jar.toFile())) {
                    file.stream()
                            .map(JarEntry::getName)
                            .filter(name -> name.endsWith(CLASS) && !name.contains("-info"))
                            .map(name -> name.substring(0, name.length() - CLASS.length()))
                            .sorted()
                            .forEach(own::add);
                }
            }
        }
        return own;
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        int code = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (code != 0) {
            throw new IOException(command.getFirst() + " ended with " + code);
        }
    }

    private List<String> javaOptions() throws IOException {
        List<String> options = new ArrayList<>(JVM_OPTIONS);
        options.add("-XX:SharedArchiveFile=" + INSTALLED.resolve(CDS_ARCHIVE));
        options.add("-Dnodejoin.agent.home=" + INSTALLED);
        options.add("-cp");
        options.add(classPath(INSTALLED));
        return options;
    }

    /** In one order everywhere: that of a wildcard is the file system's, and the archive holds for one order. */
    private String classPath(Path home) throws IOException {
        try (Stream<Path> jars = Files.list(directory.resolve("lib"))) {
            return String.join(
                    ":",
                    jars.map(jar -> home.resolve("lib")
                                    .resolve(jar.getFileName())
                                    .toString())
                            .sorted()
                            .toList());
        }
    }

    private void clear() throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(directory.resolve("lib"));
    }

    private void copy(Path jars) throws IOException {
        try (Stream<Path> files = Files.list(jars)) {
            for (Path jar : files.toList()) {
                Files.copy(jar, directory.resolve("lib").resolve(jar.getFileName()));
            }
        }
    }

    /** In a process of its own: what jlink writes depends on what its JVM has done before. */
    private void runJlink() throws IOException, InterruptedException {
        Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
        if (!Files.isExecutable(jlink)) {
            throw new IOException("there is no " + jlink + ": build with a whole JDK 25");
        }
        run(List.of(
                jlink.toString(),
                "--add-modules",
                MODULES,
                "--output",
                directory.resolve("runtime").toString(),
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--disable-plugin=generate-jli-classes",
                "--compress=zip-0"));
    }

    private void setTimes() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(timestamp));
            }
        }
    }

    /** Returns a line of digest and path for each file except the list itself, as {@code sha256sum --check} reads them. */
    List<String> checksums() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith(CHECKSUM_FILE))
                    .sorted()
                    .toList()) {
                lines.add(sha256(file) + "  " + directory.relativize(file));
            }
        }
        return lines;
    }

    private static String sha256(Path file) throws IOException {
        try (DigestInputStream stream =
                new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            stream.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(stream.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
