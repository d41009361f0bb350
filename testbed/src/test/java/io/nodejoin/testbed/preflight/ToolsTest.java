package io.nodejoin.testbed.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolsTest {
    private static final List<String> ALL = List.of("debootstrap", "systemd-nspawn", "ip", "nsenter", "mount", "tar");

    @TempDir
    Path machine;

    private Path bin;
    private Path sbin;
    private Path keyring;

    @BeforeEach
    void prepare() throws IOException {
        bin = Files.createDirectory(machine.resolve("bin"));
        sbin = Files.createDirectory(machine.resolve("sbin"));
        keyring = Files.createFile(machine.resolve("keyring"));
    }

    @Test
    void shouldFindNothingMissingOnACompleteMachine() throws IOException {
        // given
        put(bin, ALL);

        // when
        Tools tools = tools();

        // then
        assertThat(tools.obstacles()).isEmpty();
        assertThat(tools.stillMissing()).isEmpty();
    }

    @Test
    void shouldNameAMissingProgramAndTheCommandThatBringsIt() throws IOException {
        // given
        put(bin, List.of("debootstrap", "ip", "nsenter", "mount", "tar"));

        // when
        List<String> obstacles = tools().obstacles();

        // then
        assertThat(obstacles)
                .singleElement()
                .asString()
                .startsWith(
                        "missing on this machine: systemd-nspawn; run as root: apt-get install --reinstall systemd-container");
    }

    @Test
    void shouldLetAptGetBringWhatIsMissing() throws IOException {
        // given
        put(bin, List.of("debootstrap", "ip", "nsenter", "mount", "tar", "apt-get"));

        // when
        Tools tools = tools();

        // then
        assertThat(tools.obstacles()).isEmpty();
        assertThat(tools.missingPackages()).containsExactly("systemd-container");
    }

    @Test
    void shouldNameTheDirectoryThatIsNotOnThePath() throws IOException {
        // given
        put(bin, List.of("debootstrap", "systemd-nspawn", "nsenter", "mount", "tar", "apt-get"));
        put(sbin, List.of("ip"));

        // when
        List<String> obstacles = tools().obstacles();

        // then
        assertThat(obstacles)
                .containsExactly(
                        "ip is in " + sbin + ", which is not on the PATH: run export PATH=\"$PATH:" + sbin + "\"");
    }

    @Test
    void shouldNameTheKeysOfDebian() throws IOException {
        // given
        put(bin, ALL);
        Files.delete(keyring);

        // when
        List<String> obstacles = tools().obstacles();

        // then
        assertThat(obstacles).singleElement().asString().contains(keyring + "; run", "debian-archive-keyring");
    }

    private Tools tools() {
        return new Tools(List.of(bin), List.of(sbin, bin), keyring);
    }

    private static void put(Path directory, List<String> programs) throws IOException {
        for (String program : programs) {
            Files.createFile(
                    directory.resolve(program),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        }
    }
}
