package io.nodejoin.testbed.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReliabilityPageTest {
    private static final Path ROOT = SourceTree.locate().root();
    /** That of {@code testbed/chaos/src/test/java}. */
    private static final int DEPTH_OF_SOURCES = 5;

    private static final Pattern TEST_CLASS = Pattern.compile("`([A-Z]\\w+(?:Test|IT|E2E))`");
    private static final Pattern EXPERIMENT = Pattern.compile("^\\| `([a-z ]+)` \\|", Pattern.MULTILINE);

    @Test
    void shouldNameOnlyTestsThatExist() throws IOException {
        // given
        Set<String> existing = testClasses();

        // when
        List<String> named = found(TEST_CLASS);

        // then
        assertThat(named).hasSizeGreaterThan(20);
        assertThat(existing).containsAll(named);
    }

    @Test
    void shouldDescribeEveryExperiment() throws IOException {
        // when
        List<String> described = found(EXPERIMENT);

        // then
        assertThat(described).containsExactlyInAnyOrderElementsOf(Chaos.names());
    }

    private static List<String> found(Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(ROOT.resolve("docs/reliability.md")))
                .results()
                .map(match -> match.group(1))
                .distinct()
                .toList();
    }

    private static Set<String> testClasses() throws IOException {
        try (Stream<Path> modules = Files.find(ROOT, DEPTH_OF_SOURCES, (path, _) -> path.endsWith("src/test/java"))) {
            return modules.flatMap(ReliabilityPageTest::classesBelow).collect(Collectors.toSet());
        }
    }

    private static Stream<String> classesBelow(Path sources) {
        try (Stream<Path> files = Files.walk(sources)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
