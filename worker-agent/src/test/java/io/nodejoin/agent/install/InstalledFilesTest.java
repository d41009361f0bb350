package io.nodejoin.agent.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.protocol.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledFilesTest {
    @TempDir
    Path home;

    @BeforeEach
    void install() throws IOException {
        Files.createDirectory(home.resolve("lib"));
        Files.writeString(home.resolve("lib/a.jar"), "a");
        Files.writeString(home.resolve("options"), "o");
        Files.writeString(
                home.resolve("SHA256SUMS"), Sha256.hex("a") + "  lib/a.jar\n" + Sha256.hex("o") + "  options\n");
    }

    @Test
    void shouldCountTheIntactFiles() throws IOException {
        // when
        int files = new InstalledFiles(home).verify();

        // then
        assertThat(files).isEqualTo(2);
    }

    @Test
    void shouldReportAChangedFile() throws IOException {
        // given
        Files.writeString(home.resolve("lib/a.jar"), "b");

        // when
        ThrowingCallable verify = () -> new InstalledFiles(home).verify();

        // then
        assertThatThrownBy(verify).isInstanceOf(IOException.class).hasMessageEndingWith("lib/a.jar is changed");
    }

    @Test
    void shouldReportAMissingFile() throws IOException {
        // given
        Files.delete(home.resolve("options"));

        // when
        ThrowingCallable verify = () -> new InstalledFiles(home).verify();

        // then
        assertThatThrownBy(verify).isInstanceOf(IOException.class).hasMessageEndingWith("options is missing");
    }

    @Test
    void shouldReportAFileThatIsNotOfThePackage() throws IOException {
        // given
        Files.writeString(home.resolve("lib/z.jar"), "z");

        // when
        ThrowingCallable verify = () -> new InstalledFiles(home).verify();

        // then
        assertThatThrownBy(verify)
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("lib/z.jar is not of the package");
    }

    @Test
    void shouldRejectATruncatedList() throws IOException {
        // given
        Files.writeString(home.resolve("SHA256SUMS"), Sha256.hex("a") + "  lib/");

        // when
        ThrowingCallable verify = () -> new InstalledFiles(home).verify();

        // then
        assertThatThrownBy(verify).isInstanceOf(IOException.class);
    }
}
