package io.nodejoin.protocol.golden;

import io.nodejoin.protocol.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which module's sources produce a code, and which tests of these modules, or of the whole, expect it. */
record ErrorCodeUsage(List<String> modules, List<Path> tests) {
    private static final Path REPOSITORY = Path.of("..");
    private static final List<String> PRODUCERS =
            List.of("workflows", "activities", "gateway", "client", "service", "cli", "worker-agent");
    private static final String WHOLE = "testbed/e2e";

    private static final TreeMap<Path, String> SOURCES = sources();

    static ErrorCodeUsage find(ErrorCode code) {
        Pattern produced = Pattern.compile("\\bErrorCode\\." + code + "\\b");
        Pattern expected = Pattern.compile("\\b" + code + "\\b");
        List<String> modules = PRODUCERS.stream()
                .filter(module -> !matching(module, "main", produced).isEmpty())
                .toList();
        List<Path> tests = Stream.concat(modules.stream(), Stream.of(WHOLE))
                .flatMap(module -> matching(module, "test", expected).stream())
                .toList();
        return new ErrorCodeUsage(modules, tests);
    }

    private static List<Path> matching(String module, String kind, Pattern pattern) {
        Path folder = REPOSITORY.resolve(module).resolve("src").resolve(kind);
        return SOURCES.entrySet().stream()
                .filter(source -> source.getKey().startsWith(folder))
                .filter(source -> pattern.matcher(source.getValue()).find())
                .map(source -> source.getKey())
                .toList();
    }

    private static TreeMap<Path, String> sources() {
        return Stream.concat(PRODUCERS.stream(), Stream.of(WHOLE))
                .flatMap(module -> files(REPOSITORY.resolve(module).resolve("src")))
                .collect(Collectors.toMap(file -> file, ErrorCodeUsage::text, (one, _) -> one, TreeMap::new));
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
