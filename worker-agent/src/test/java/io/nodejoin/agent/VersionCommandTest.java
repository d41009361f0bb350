package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VersionCommandTest {
    private static final int DATA = 60;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private Path jar;

    @BeforeEach
    void makeJar() throws IOException {
        jar = directory.resolve("agent.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file)) {
            entries.putNextEntry(new JarEntry("classes"));
            for (int i = 0; i < 1000; i++) {
                entries.write(i * 31 ^ i >> 3);
            }
        }
    }

    private int run(String... options) {
        PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
        return new VersionCommand(null, directory + ":" + jar, Clock.systemUTC(), out).run(List.of(options));
    }

    private String printed() {
        return output.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldPrintTheVersionAlone() {
        // when
        int code = run();

        // then
        assertThat(code).isZero();
        assertThat(printed()).isEqualTo("development\n");
    }

    @Test
    void shouldVerifyAnIntactInstallation() {
        // when
        int code = run("--verify");

        // then
        assertThat(printed()).contains("verified: 1 jars are whole");
        assertThat(code).isZero();
    }

    enum Damage {
        CHANGED,
        CUT,
        EMPTY,
        MISSING
    }

    @ParameterizedTest
    @EnumSource
    void shouldDetectADamagedJar(Damage damage) throws IOException {
        // given
        byte[] whole = Files.readAllBytes(jar);
        switch (damage) {
            case CHANGED -> {
                whole[DATA] ^= 1;
                Files.write(jar, whole);
            }
            case CUT -> Files.write(jar, Arrays.copyOf(whole, whole.length / 2));
            case EMPTY -> Files.write(jar, new byte[0]);
            case MISSING -> Files.delete(jar);
        }

        // when
        int code = run("--verify");

        // then
        assertThat(code).isOne();
        assertThat(printed()).contains("damaged: ", "agent.jar", "reinstall the agent");
    }

    @Test
    void shouldRefuseOtherOptions() {
        // when
        ThrowingCallable run = () -> run("--check");

        // then
        assertThatThrownBy(run).isInstanceOf(IllegalArgumentException.class);
    }
}
