package io.nodejoin.testbed.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarSnapshotTest {
    private static final String MODULE = "service";

    @TempDir
    private Path root;

    private JarSnapshot jars;
    private JarSnapshot ofAnotherBed;

    @BeforeEach
    void build() throws IOException {
        SourceTree sourceTree = new SourceTree(root.resolve("work"));
        jars = new JarSnapshot(sourceTree, root.resolve("bed"));
        ofAnotherBed = new JarSnapshot(sourceTree, root.resolve("other"));
        Files.createDirectories(target().resolve("lib"));
        Files.writeString(target().resolve("lib/b.jar"), "b");
        Files.writeString(target().resolve("lib/a.jar"), "a");
        buildOf("first");
    }

    @Test
    void shouldNameTheJarsInOneOrderInEveryCopy() {
        // when
        String[] classPath = jars.classPath(MODULE).split(":", -1);

        // then
        assertThat(classPath)
                .extracting(jar -> Path.of(jar).getFileName().toString())
                .containsExactly("a.jar", "b.jar", "service.jar");
        assertThat(ofAnotherBed.copyOf(MODULE))
                .hasFileName(jars.copyOf(MODULE).getFileName().toString());
    }

    @Test
    void shouldKeepTheCopyOfAnEarlierBuild() throws IOException {
        // given
        Path earlier = jars.copyOf(MODULE);

        // when
        buildOf("second one");

        // then
        assertThat(jars.copyOf(MODULE)).isNotEqualTo(earlier);
        assertThat(earlier.resolve("service.jar")).hasContent("first");
    }

    @Test
    void shouldLearnOnceForAllBeds() {
        // when
        jars.createAotCache(MODULE, output -> write(output, "learned"));
        ofAnotherBed.createAotCache(MODULE, output -> write(output, "learned again"));

        // then
        assertThat(ofAnotherBed.aotCacheFile(MODULE)).hasContent("learned");
    }

    @Test
    void shouldForgetWhatWasLearnedOfAnEarlierBuild() throws IOException {
        // given
        jars.createAotCache(MODULE, output -> write(output, "learned"));
        Path earlier = jars.aotCacheFile(MODULE);

        // when
        buildOf("second one");
        jars.createAotCache(MODULE, output -> write(output, "learned anew"));

        // then
        assertThat(jars.aotCacheFile(MODULE)).hasContent("learned anew").isNotEqualTo(earlier);
        assertThat(earlier).doesNotExist();
    }

    @Test
    void shouldNotTakeWhatIsLearnedInPartForLearned() {
        // when
        assertThatThrownBy(() -> jars.createAotCache(MODULE, output -> {
                    write(output, "in part");
                    throw new IllegalStateException("not ready");
                }))
                .isInstanceOf(IllegalStateException.class);

        // then
        assertThat(jars.aotCacheFile(MODULE)).doesNotExist();
    }

    @Test
    void shouldNameTheModuleThatIsNotBuilt() {
        // when
        // then
        assertThatThrownBy(() -> jars.classPath("workflows"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("the module workflows is not built");
    }

    private void buildOf(String content) throws IOException {
        Files.writeString(target().resolve("service.jar"), content);
    }

    private Path target() {
        return root.resolve("work").resolve(MODULE).resolve("target");
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
