package io.nodejoin.testbed.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InotifyLimitTest {
    @TempDir
    Path parent;

    private Path value;
    private InotifyLimit limit;

    @BeforeEach
    void aMachineWithTheUsualLimit() throws IOException {
        value = parent.resolve("max_user_instances");
        Files.writeString(value, "128\n");
        limit = new InotifyLimit(parent, value);
    }

    @Test
    void shouldRestoreTheLimitWithTheLastBed() throws IOException {
        // given
        limit.acquire("main");
        limit.acquire("demo");
        limit.release("main");
        String whileOneIsUp = Files.readString(value);

        // when
        limit.release("demo");

        // then
        assertThat(whileOneIsUp).isEqualTo("4096");
        assertThat(Files.readString(value)).isEqualTo("128");
    }

    @Test
    void shouldRememberTheOldLimitWhenHeldTwice() throws IOException {
        // given
        limit.acquire("main");
        limit.acquire("main");

        // when
        limit.release("main");

        // then
        assertThat(Files.readString(value)).isEqualTo("128");
    }

    @Test
    void shouldLeaveAHigherLimitAlone() throws IOException {
        // given
        Files.writeString(value, "65536\n");

        // when
        limit.acquire("main");
        limit.release("main");

        // then
        assertThat(Files.readString(value)).isEqualTo("65536\n");
    }

    @Test
    void shouldReadTheKernelsValueWhole() throws IOException {
        // given
        Path kernels = Path.of("/proc/sys/fs/inotify/max_user_instances");
        String expected = Command.of("cat", kernels.toString()).run().output().strip();

        // when
        int read = new InotifyLimit(parent, kernels).value();

        // then
        assertThat(read).isEqualTo(Integer.parseInt(expected));
    }
}
