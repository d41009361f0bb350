package io.nodejoin.agent.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RootedHostFilesTest {
    private static final byte[] SECRET = "secret".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path root;

    private HostFiles files;

    @BeforeEach
    void makeDirectories() throws IOException {
        Files.createDirectory(
                root.resolve("run"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        files = new RootedHostFiles(root);
    }

    @Test
    void shouldWriteContentAndModeAndNothingElse() {
        // when
        files.write("/run/file", SECRET, 0600);
        files.write("/run/file", SECRET, 0600);

        // then
        assertThat(files.read("/run/file")).contains(SECRET);
        assertThat(files.metadata("/run/file").orElseThrow().mode()).isEqualTo(0600);
        assertThat(files.list("/run")).containsExactly("file");
    }

    @ParameterizedTest
    @ValueSource(ints = {0640, 01755, 02755, 04750})
    void shouldSetAllBitsOfAMode(int mode) {
        // when
        files.write("/run/file", SECRET, mode);
        files.createDirectory("/run/made", mode);
        files.createDirectory("/run/changed", 0700);
        files.createDirectory("/run/changed", mode);
        files.createDirectory("/run/set", 0700);
        files.setMode("/run/set", mode);

        // then
        assertThat(Stream.of("/run/file", "/run/made", "/run/changed", "/run/set")
                        .map(path -> files.metadata(path).orElseThrow().mode()))
                .containsOnly(mode);
    }

    @Test
    void shouldRefuseToWriteThroughPlantedLinkAndLeaveItsTarget() throws IOException {
        // given
        Path shadow = Files.writeString(root.resolve("shadow"), "root:x");
        Files.createSymbolicLink(root.resolve("run/bootstrap-kubeconfig"), shadow);

        // when
        ThrowingCallable write = () -> files.write("/run/bootstrap-kubeconfig", SECRET, 0600);

        // then
        assertThatThrownBy(write).hasMessageContaining("HOST_PATH_UNSAFE");
        assertThat(shadow).hasContent("root:x");
    }

    @Test
    void shouldRefuseDirectoryThatIsLink() throws IOException {
        // given
        Files.createSymbolicLink(root.resolve("linked"), root.resolve("run"));

        // when
        ThrowingCallable write = () -> files.write("/linked/file", SECRET, 0600);

        // then
        assertThatThrownBy(write).hasMessageContaining("HOST_PATH_UNSAFE");
        assertThat(files.list("/run")).isEmpty();
    }

    @Test
    void shouldRefuseDirectoryThatOthersMayWriteTo() throws IOException {
        // given
        Files.setPosixFilePermissions(root.resolve("run"), PosixFilePermissions.fromString("rwxrwxrwx"));

        // when
        ThrowingCallable write = () -> files.write("/run/file", SECRET, 0600);

        // then
        assertThatThrownBy(write).hasMessageContaining("HOST_PATH_UNSAFE").hasMessageContaining("by others");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run/file", "/run/../shadow", "/run//file", "/run/./file"})
    void shouldRefusePathThatIsNotInItsShortestForm(String path) {
        // when
        ThrowingCallable write = () -> files.write(path, SECRET, 0600);

        // then
        assertThatThrownBy(write).hasMessageContaining("HOST_PATH_UNSAFE");
    }

    @Test
    void shouldRemoveTreeWithoutFollowingLinks() throws IOException {
        // given
        Path outside = Files.writeString(root.resolve("outside"), "kept");
        files.createDirectory("/run/tree", 0755);
        files.write("/run/tree/file", SECRET, 0600);
        Files.createSymbolicLink(root.resolve("run/tree/link"), outside);

        // when
        files.deleteTree("/run/tree");
        files.deleteTree("/run/tree");

        // then
        assertThat(files.metadata("/run/tree")).isEmpty();
        assertThat(outside).hasContent("kept");
    }

    @Test
    void shouldDeleteATreeExceptItsMounts() throws IOException {
        // given a directory of the same disk at a second place, with a blank in its name
        files.createDirectory("/run/tree", 0755);
        files.createDirectory("/run/tree/pods", 0755);
        files.createDirectory("/run/tree/pods/other disk", 0755);
        files.write("/run/tree/pods/other disk/file", SECRET, 0600);
        files.write("/run/tree/pods/file", SECRET, 0600);
        files.write("/run/tree/key", SECRET, 0600);
        Files.createDirectories(root.resolve("proc/1"));
        Files.writeString(
                root.resolve("proc/1/mounts"),
                "/dev/vda / ext4 rw 0 0\n/dev/vda /run/tree/pods/other\\040disk ext4 rw 0 0\n");

        // when
        files.deleteTree("/run/tree");

        // then
        assertThat(files.list("/run/tree")).containsExactly("pods");
        assertThat(files.list("/run/tree/pods")).containsExactly("other disk");
        assertThat(files.read("/run/tree/pods/other disk/file")).contains(SECRET);
    }

    @Test
    void shouldNotDeleteAMountPoint() throws IOException {
        // given
        files.createDirectory("/run/mount", 0755);
        files.write("/run/mount/file", SECRET, 0600);
        Files.createDirectories(root.resolve("proc/1"));
        Files.writeString(root.resolve("proc/1/mounts"), "/dev/vda /run/mount ext4 rw 0 0\n");

        // when
        files.deleteTree("/run/mount");

        // then
        assertThat(files.read("/run/mount/file")).contains(SECRET);
    }

    @Test
    void shouldRemoveALinkWhoseTargetIsGone() throws IOException {
        // given
        Files.createSymbolicLink(root.resolve("run/link"), root.resolve("run/gone"));

        // when
        files.deleteTree("/run/link");

        // then
        assertThat(files.metadata("/run/link")).isEmpty();
    }

    @Test
    void shouldDeleteTheTemporaryFileOfAKilledWriter() throws IOException {
        // given what a process leaves that ends between its write and its rename
        for (String name : List.of(".written.nodejoin", ".removed.nodejoin", ".kept.nodejoin")) {
            Files.writeString(root.resolve("run").resolve(name), "half a tok");
        }
        Files.createDirectory(root.resolve("run/.made.nodejoin"));
        files.write("/run/written", SECRET, 0600);
        files.createDirectory("/run/made", 0755);

        // when
        files.delete("/run/removed");
        files.deleteTemporary("/run/kept");

        // then
        assertThat(files.list("/run")).containsExactly("made", "written");
        assertThat(files.metadata("/run/made").orElseThrow().mode()).isEqualTo(0755);
    }

    @Test
    void shouldKeepADirectoryThatIsNotEmpty() {
        // given
        files.write("/run/file", SECRET, 0600);

        // when
        boolean removed = files.delete("/run");

        // then
        assertThat(removed).isFalse();
        assertThat(files.read("/run/file")).isPresent();
    }

    @Test
    void shouldReadAKernelSettingOfSeveralDigits() throws IOException {
        // given
        String setting = "/proc/sys/kernel/pid_max";
        String expected;
        try (BufferedReader reader = Files.newBufferedReader(Path.of(setting))) {
            expected = reader.readLine();
        }
        // when
        byte[] read = new RootedHostFiles(Path.of("/")).read(setting).orElseThrow();
        // then
        assertThat(new String(read, StandardCharsets.UTF_8))
                .isEqualTo(expected + "\n")
                .hasSizeGreaterThan(4);
    }
}
