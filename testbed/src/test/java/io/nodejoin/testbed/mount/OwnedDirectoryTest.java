package io.nodejoin.testbed.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnedDirectoryTest {
    @TempDir
    Path parent;

    @Test
    void shouldDeleteADirectoryAndBeHarmlessAfterwards() throws IOException {
        // given
        Path path = Files.createDirectories(parent.resolve("bed/with space/deep"));
        Files.writeString(path.resolve("file"), "x");
        OwnedDirectory bed = new OwnedDirectory(parent.resolve("bed"));
        bed.delete();

        // when
        bed.delete();

        // then
        assertThat(bed.path()).doesNotExist();
    }

    @Test
    void shouldFollowNoLinkOutOfTheDirectory() throws IOException {
        // given
        Path precious = Files.writeString(parent.resolve("precious"), "x");
        Path bed = Files.createDirectory(parent.resolve("bed"));
        Files.createSymbolicLink(bed.resolve("link"), parent);

        // when
        new OwnedDirectory(bed).delete();

        // then
        assertThat(precious).exists();
    }

    @Test
    void shouldFindMountsInnermostFirst() {
        // given
        OwnedDirectory all = new OwnedDirectory(Path.of("/"));

        // when
        List<Path> mounts = all.mounts();

        // then
        assertThat(mounts).contains(Path.of("/proc")).endsWith(Path.of("/"));
    }
}
