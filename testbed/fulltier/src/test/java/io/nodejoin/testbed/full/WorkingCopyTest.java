package io.nodejoin.testbed.full;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkingCopyTest {
    @TempDir
    private Path directory;

    private Path root = Path.of("");
    private WorkingCopy copy = new WorkingCopy(root);

    @BeforeEach
    void makeRepository() throws IOException {
        root = Files.createDirectory(directory.resolve("repository"));
        copy = new WorkingCopy(root);
        git("init", "-q");
        write("code", "one");
        commit();
    }

    @Test
    void shouldSeeWhatIsNotCommitted() throws IOException {
        // given
        boolean before = copy.isDirty();

        // when
        write("more", "code");

        // then
        assertThat(before).isFalse();
        assertThat(copy.isDirty()).isTrue();
    }

    @Test
    void shouldTakeResultsForNoChange() throws IOException {
        // given
        String commit = copy.commit();
        write("docs/results/one.json", "{}");
        write("docs/reliability.md", "a table");

        // when
        boolean dirty = copy.isDirty();
        commit();

        // then
        assertThat(dirty).isFalse();
        assertThat(copy.commit()).isEqualTo(commit);
    }

    @Test
    void shouldCloneTheLastCommitAndLaterTheNextOne() throws IOException {
        // given
        Path clone = directory.resolve("clone");
        copy.cloneTo(clone);
        Files.writeString(clone.resolve("built"), "of the first commit");
        write("code", "two");
        commit();

        // when
        copy.cloneTo(clone);

        // then
        assertThat(clone.resolve("code")).hasContent("two");
        assertThat(clone.resolve("built")).doesNotExist();
    }

    @Test
    void shouldKeepWhatWasBuiltOfTheSameCommit() throws IOException {
        // given
        Path clone = directory.resolve("clone");
        write(".gitignore", "target/");
        commit();
        copy.cloneTo(clone);
        Files.createDirectory(clone.resolve("target"));

        // when
        copy.cloneTo(clone);

        // then
        assertThat(clone.resolve("target")).isDirectory();
    }

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void commit() {
        git("add", "-A");
        git("-c", "user.name=full", "-c", "user.email=full@localhost", "commit", "-q", "-m", "more");
    }

    private void git(String... arguments) {
        Command.of(Stream.concat(Stream.of("git"), Arrays.stream(arguments)).toList())
                .inDirectory(root)
                .run()
                .orFail();
    }
}
