package io.nodejoin.agentpackage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeImageTest {
    private static final String EMPTY_DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @TempDir
    Path directory;

    @Test
    void shouldListTheDigestsOfAllFilesExceptTheList() throws IOException {
        // given
        Files.createFile(Files.createDirectory(directory.resolve("lib")).resolve("a.jar"));
        Files.createFile(directory.resolve("b"));
        Files.createFile(directory.resolve("SHA256SUMS"));

        // when
        List<String> lines = new RuntimeImage(directory, Instant.EPOCH).checksums();

        // then
        assertThat(lines).containsExactly(EMPTY_DIGEST + "  b", EMPTY_DIGEST + "  lib/a.jar");
    }
}
