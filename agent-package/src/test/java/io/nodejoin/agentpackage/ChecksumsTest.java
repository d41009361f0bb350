package io.nodejoin.agentpackage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksumsTest {
    private static final String OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @TempDir
    Path directory;

    @Test
    void shouldListAllFilesButItsOwn() throws IOException {
        // given
        Files.createFile(Files.createDirectory(directory.resolve("lib")).resolve("a.jar"));
        Files.createFile(directory.resolve("b"));
        Files.createFile(directory.resolve(Checksums.FILE));

        // when
        List<String> lines = Checksums.list(directory);

        // then
        assertThat(lines).containsExactly(OF_NOTHING + "  b", OF_NOTHING + "  lib/a.jar");
    }
}
