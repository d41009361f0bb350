package io.nodejoin.testbed.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksumsTest {
    @TempDir
    Path directory;

    private Path program;
    private Checksums checksums;

    @BeforeEach
    void prepare() throws IOException {
        program = Files.writeString(directory.resolve("program"), "whole");
        checksums = new Checksums(directory);
        checksums.write(List.of("program"));
    }

    @Test
    void shouldFindNothingWrongWithWhatNobodyTouched() {
        // when
        Optional<String> defect = checksums.defect();

        // then
        assertThat(defect).isEmpty();
    }

    @Test
    void shouldNameAFileThatDiffersAndTheCommandThatHelps() throws IOException {
        // given
        Files.writeString(program, "shole");
        Files.setLastModifiedTime(program, FileTime.fromMillis(1));

        // when
        Optional<String> obstacle = checksums.obstacle();

        // then
        assertThat(obstacle)
                .hasValue("the cached " + directory.getFileName()
                        + " is broken, program differs from its checksum; have it made again with: rm -r '" + directory
                        + "'");
    }

    @Test
    void shouldNameAFileThatWasCut() throws IOException {
        // given
        Files.writeString(program, "who");

        // when
        Optional<String> defect = checksums.defect();

        // then
        assertThat(defect).hasValue("program differs from its checksum");
    }

    @Test
    void shouldNameAFileThatIsGone() throws IOException {
        // given
        Files.delete(program);

        // when
        Optional<String> defect = checksums.defect();

        // then
        assertThat(defect).hasValue("program is missing");
    }

    @Test
    void shouldNotMindAnotherTime() throws IOException {
        // given
        Files.setLastModifiedTime(program, FileTime.fromMillis(1));

        // when
        Optional<String> defect = checksums.defect();

        // then
        assertThat(defect).isEmpty();
    }

    @Test
    void shouldRefuseWhatWasMadeForAnotherProcessor() throws IOException {
        // given
        Path list = directory.resolve(".checksums");
        Files.writeString(list, Files.readString(list).replaceFirst("\\S+", "pdp11"));

        // when
        Optional<String> defect = checksums.defect();

        // then
        assertThat(defect).hasValueSatisfying(line -> assertThat(line).contains("another processor"));
    }
}
