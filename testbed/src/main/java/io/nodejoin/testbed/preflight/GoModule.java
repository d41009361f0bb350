package io.nodejoin.testbed.preflight;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the test bed builds from Go modules. The module names the version; what is built of it has its place in the cache. */
public enum GoModule {
    KUBERNETES("kubebox", "kubernetes", "k8s.io/kubernetes", "kubebox pause pause.tar", "kube-apiserver"),
    TEMPORAL("temporal", "temporal", "github.com/temporalio/cli", "temporal", "temporal"),
    TOXIPROXY("toxiproxy", "toxiproxy", "github.com/Shopify/toxiproxy/v2", "toxiproxy", "toxiproxy");

    private static final int DIGEST_SHOWN = 12;

    private final String directory;
    private final String word;
    private final String module;
    private final String files;
    private final String program;

    GoModule(String directory, String word, String module, String files, String program) {
        this.directory = directory;
        this.word = word;
        this.module = module;
        this.files = files;
        this.program = program;
    }

    /** The first word of its place in the cache. */
    String word() {
        return word;
    }

    /** What is built, by name. */
    public List<String> files() {
        return List.of(files.split(" "));
    }

    /** The directory of its go.mod. */
    public Path sources(Path repository) {
        return repository.resolve("testbed").resolve(directory);
    }

    /**
     * Why what was built cannot be used, with the command that helps, or empty; also empty where nothing was built. What was
     * built without writing its checksums down is run once, and they are written down then.
     */
    Optional<String> defect(Path repository, Path cache) {
        Path entry = entry(repository, cache);
        Checksums checksums = new Checksums(entry);
        if (Files.isDirectory(entry) && !checksums.areThere()) {
            if (Probe.ask(List.of(entry.resolve(program).toString(), "--version"))
                    .isEmpty()) {
                return Optional.of(checksums.obstacle(program + " does not run"));
            }
            checksums.write(files());
        }
        return checksums.obstacle();
    }

    /** The version that go.mod names, with the letter v. */
    public String version(Path repository) {
        return required(repository, module);
    }

    /** The version of another module that go.mod names. */
    public String required(Path repository, String other) {
        Path file = sources(repository).resolve("go.mod");
        Matcher version =
                Pattern.compile("\\b" + Pattern.quote(other) + " (v\\d[\\w.]+)").matcher(read(file));
        if (!version.find()) {
            throw new IllegalStateException(file + " does not name " + other);
        }
        return version.group(1);
    }

    /** The directory of what is built from these sources; it is there once that has been done. */
    public Path entry(Path repository, Path cache) {
        Path sources = sources(repository);
        List<String> texts = Stream.of("go.mod", "go.sum", "main.go", "pause/main.go")
                .map(sources::resolve)
                .filter(Files::exists)
                .map(GoModule::read)
                .toList();
        return cache.resolve(word + "-" + version(repository) + "-" + digest(texts));
    }

    /** A short digest of texts, for names of entries. */
    public static String digest(List<String> texts) {
        String all = texts.stream().map(text -> text + "\0").collect(Collectors.joining());
        return HexFormat.of()
                .formatHex(sha256().digest(all.getBytes(StandardCharsets.UTF_8)))
                .substring(0, DIGEST_SHOWN);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + file, unreadable);
        }
    }
}
