package io.nodejoin.testbed.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.testbed.TestBed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallDiskTest {
    private static final int ROOM = 1 << 20;

    @TempDir
    Path parent;

    private Path data;

    @BeforeEach
    void someData() throws IOException {
        TestBed.unavailableReason().ifPresent(Assumptions::abort);
        data = parent.resolve("data");
        Files.createDirectories(data.resolve("deep"));
        Files.writeString(data.resolve("deep/file"), "before");
    }

    @Test
    void shouldHaveNoRoomOnlyWhileItIsFull() throws IOException {
        try (SmallDisk disk = SmallDisk.mountAt(data, ROOM)) {
            // when
            disk.fill();

            // then
            assertThatThrownBy(() -> Files.write(data.resolve("deep/more"), new byte[ROOM / 2]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No space left");
            disk.clear();
            Files.write(data.resolve("deep/more"), new byte[ROOM / 2]);
        }
    }

    @Test
    void shouldKeepWhatWasThereAndWhatCameMeanwhile() throws IOException {
        // when
        try (SmallDisk _ = SmallDisk.mountAt(data, ROOM)) {
            assertThat(data.resolve("deep/file")).hasContent("before");
            Files.writeString(data.resolve("deep/file"), "meanwhile");
        }

        // then
        assertThat(data.resolve("deep/file")).hasContent("meanwhile");
        assertThat(new OwnedDirectory(parent).mounts()).isEmpty();
        assertThat(parent.toFile().list()).containsExactly("data");
    }
}
