package io.nodejoin.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MarkdownLinksTest {
    private static final Path REPOSITORY = Path.of("..");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(#[^)]*)?\\)");

    @Test
    void shouldResolveEveryLinkOfEveryDocument() throws IOException {
        // given
        List<Path> documents = documents();

        // when
        List<String> dead =
                documents.stream().flatMap(MarkdownLinksTest::deadLinks).toList();

        // then
        assertThat(documents).hasSizeGreaterThan(10);
        assertThat(dead).isEmpty();
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> modules = Files.list(REPOSITORY);
                Stream<Path> pages = Files.walk(REPOSITORY.resolve("docs"))) {
            return Stream.concat(modules.flatMap(path -> Stream.of(path, path.resolve("README.md"))), pages)
                    .filter(path -> path.toString().endsWith(".md") && Files.isRegularFile(path))
                    .toList();
        }
    }

    private static Stream<String> deadLinks(Path document) {
        Path folder = Objects.requireNonNull(document.getParent());
        return LINK.matcher(text(document))
                .results()
                .map(link -> link.group(1))
                .filter(target -> !target.contains(":") && !Files.exists(folder.resolve(target)))
                .map(target -> document + " -> " + target);
    }

    private static String text(Path document) {
        try {
            return Files.readString(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
