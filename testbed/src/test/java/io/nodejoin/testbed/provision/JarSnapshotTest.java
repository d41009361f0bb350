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
        Repository repository = new Repository(root.resolve("work"));
        jars = new JarSnapshot(repository, root.resolve("bed"));
        ofAnotherBed = new JarSnapshot(repository, root.resolve("other"));
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
        assertThat(ofAnotherBed.of(MODULE))
                .hasFileName(jars.of(MODULE).getFileName().toString());
    }

    @Test
    void shouldKeepTheCopyOfAnEarlierBuild() throws IOException {
        // given
        Path earlier = jars.of(MODULE);

        // when
        buildOf("second one");

        // then
        assertThat(jars.of(MODULE)).isNotEqualTo(earlier);
        assertThat(earlier.resolve("service.jar")).hasContent("first");
    }

    @Test
    void shouldLearnOnceForAllBeds() {
        // when
        jars.learn(MODULE, output -> write(output, "learned"));
        ofAnotherBed.learn(MODULE, output -> write(output, "learned again"));

        // then
        assertThat(ofAnotherBed.learned(MODULE)).hasContent("learned");
    }

    @Test
    void shouldForgetWhatWasLearnedOfAnEarlierBuild() throws IOException {
        // given
        jars.learn(MODULE, output -> write(output, "learned"));
        Path earlier = jars.learned(MODULE);

        // when
        buildOf("second one");
        jars.learn(MODULE, output -> write(output, "learned anew"));

        // then
        assertThat(jars.learned(MODULE)).hasContent("learned anew").isNotEqualTo(earlier);
        assertThat(earlier).doesNotExist();
    }

    @Test
    void shouldNotTakeWhatIsLearnedInPartForLearned() {
        // when
        assertThatThrownBy(() -> jars.learn(MODULE, output -> {
                    write(output, "in part");
                    throw new IllegalStateException("not ready");
                }))
                .isInstanceOf(IllegalStateException.class);

        // then
        assertThat(jars.learned(MODULE)).doesNotExist();
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
