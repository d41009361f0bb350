package io.nodejoin.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MarkdownLinksTest {
    private static final Path REPOSITORY = Path.of("..");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]*)(?:#([^)\\s]*))?\\)");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+)$");

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
        return LINK.matcher(text(document))
                .results()
                .filter(link -> !link.group(1).contains(":"))
                .filter(link -> !isAlive(document, link))
                .map(link -> document + " -> " + link.group());
    }

    private static boolean isAlive(Path document, MatchResult link) {
        Path folder = Objects.requireNonNull(document.getParent());
        Path target = link.group(1).isEmpty() ? document : folder.resolve(link.group(1));
        @Nullable String anchor = link.group(2);
        return Files.exists(target)
                && (anchor == null
                        || !target.toString().endsWith(".md")
                        || anchors(target).contains(anchor));
    }

    /** The anchors of the headings, as GitHub derives them. */
    private static Set<String> anchors(Path document) {
        String prose = CODE_BLOCK.matcher(text(document)).replaceAll("");
        return HEADING.matcher(prose)
                .results()
                .map(heading -> heading.group(1)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static String text(Path document) {
        try {
            return Files.readString(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
