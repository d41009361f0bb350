package io.nodejoin.testbed.failpoint;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.nodejoin.activities.FailureBoundary;
import io.nodejoin.cli.Main;
import io.nodejoin.gateway.HostGateway;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.service.wiring.EffectInterceptors;
import io.nodejoin.workflows.failure.Failures;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that fails on purpose can be reached in what is released. */
@AnalyzeClasses(packages = "io.nodejoin", importOptions = DoNotIncludeTests.class)
class ReleaseTest {
    private static final List<String> TRACES = List.of("NODEJOIN_FAILPOINT", "io/nodejoin/testbed", "FailPoint");

    @ArchTest
    static final ArchRule putsNothingAroundItsEffects = noClasses()
            .that()
            .resideOutsideOfPackage("io.nodejoin.testbed..")
            .and()
            .doNotBelongToAnyOf(EffectInterceptors.class)
            .should()
            .callConstructor(
                    EffectInterceptors.class,
                    List.class,
                    List.class,
                    java.util.function.UnaryOperator.class,
                    java.util.function.UnaryOperator.class)
            .because("only a program of the test bed puts something there");

    @ParameterizedTest
    @ValueSource(
            classes = {
                Main.class,
                EffectInterceptors.class,
                HostGateway.class,
                FailureBoundary.class,
                Failures.class,
                ErrorCode.class
            })
    void shouldHaveNoFailPointInItsModules(Class<?> ofModule) throws IOException, URISyntaxException {
        // given
        Path module = Path.of(
                ofModule.getProtectionDomain().getCodeSource().getLocation().toURI());

        // when
        List<String> traces = Files.isDirectory(module) ? tracesBelow(module) : tracesInJar(module);

        // then
        assertThat(traces).isEmpty();
    }

    private static List<String> tracesInJar(Path jar) throws IOException {
        try (FileSystem inside = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of())) {
            return tracesBelow(inside.getPath("/"));
        }
    }

    private static List<String> tracesBelow(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .flatMap(file -> traces(file).map(trace -> file + " holds " + trace))
                    .toList();
        }
    }

    private static Stream<String> traces(Path file) {
        try {
            String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            return TRACES.stream().filter(text::contains);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
