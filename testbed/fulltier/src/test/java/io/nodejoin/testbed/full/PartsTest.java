package io.nodejoin.testbed.full;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.chaos.ChaosMain;
import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PartsTest {
    private static final Path ROOT = SourceTree.locate().root();
    /** That of {@code testbed/e2e/src/test}. */
    private static final int DEPTH_OF_SOURCES = 4;

    private static final Pattern TEST_CLASS = Pattern.compile("[A-Z]\\w+(?:Test|IT|E2E)\\b");
    private static final Pattern INTEGRATION_TEST = Pattern.compile("[A-Z]\\w+(?:IT|E2E)\\b");
    private static final Pattern SIZE = Pattern.compile("-D(nodejoin\\.[a-z.]+)=");

    @Test
    void shouldGiveEachPartANameOfItsOwn() {
        // when
        List<String> names = Parts.ALL.stream().map(Part::name).toList();

        // then
        assertThat(names).doesNotHaveDuplicates();
    }

    @Test
    void shouldHaveAPartForEachExperiment() {
        // when
        List<String> names = Parts.ALL.stream().map(Part::name).toList();

        // then
        assertThat(names).containsAll(ChaosMain.experiments());
    }

    @Test
    void shouldRunOnlyProgramsThatExist() {
        // when
        List<Path> programs = Parts.ALL.stream()
                .map(part -> ROOT.resolve(part.command().getFirst()))
                .distinct()
                .toList();

        // then
        assertThat(programs).allMatch(Files::isExecutable);
    }

    @Test
    void shouldNameOnlyTestsThatExist() {
        // given
        List<Path> sources = testSources();

        // when
        List<String> named = inCommands(TEST_CLASS, MatchResult::group);

        // then
        assertThat(sources.stream().map(PartsTest::className)).containsAll(named);
    }

    @Test
    void shouldNameOnlyClassesOfTheFullTierWhereThatIsRun() {
        // given
        List<String> full = testSources().stream()
                .filter(source -> text(source).contains("@Tag(\"full\")"))
                .map(PartsTest::className)
                .toList();

        // when
        List<String> named = inCommands(INTEGRATION_TEST, MatchResult::group);

        // then
        assertThat(full).containsAll(named);
    }

    @Test
    void shouldSetOnlySizesThatATestReads() {
        // given
        String sources = testSources().stream().map(PartsTest::text).collect(Collectors.joining());

        // when
        List<String> set = inCommands(SIZE, match -> match.group(1));

        // then
        assertThat(set).isNotEmpty().allMatch(property -> sources.contains("\"" + property + "\""));
    }

    private static List<String> inCommands(Pattern pattern, Function<MatchResult, String> what) {
        return Parts.ALL.stream()
                .flatMap(part -> part.command().stream())
                .flatMap(argument -> pattern.matcher(argument).results().map(what))
                .filter(found -> !found.equals("FuzzTest"))
                .distinct()
                .toList();
    }

    private static List<Path> testSources() {
        try (Stream<Path> modules = Files.find(
                ROOT, DEPTH_OF_SOURCES, (path, attributes) -> attributes.isDirectory() && path.endsWith("src/test"))) {
            return modules.flatMap(PartsTest::sources).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> sources(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String className(Path source) {
        return source.getFileName().toString().replace(".java", "");
    }

    private static String text(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
