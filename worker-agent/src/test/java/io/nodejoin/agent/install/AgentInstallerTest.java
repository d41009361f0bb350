package io.nodejoin.agent.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.protocol.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentInstallerTest {
    private static final String HOME = "usr/lib/nodejoin-agent";
    private static final String SERVICE = "usr/lib/systemd/system/nodejoin-agent.service";
    private static final String PATH_UNIT = "usr/lib/systemd/system/nodejoin-agent.path";
    private static final String VERSIONS = "usr/lib/nodejoin-agent-versions";
    private static final String WANTS = "etc/systemd/system/multi-user.target.wants";
    private static final FileTime BUILT = FileTime.fromMillis(1_700_000_000_000L);

    @TempDir
    Path directory;

    private Path host;

    @BeforeEach
    void createHost() throws IOException {
        host = Files.createDirectory(directory.resolve("host"));
    }

    @Test
    void shouldFillAnEmptyTreeAndEnableTheUnits() throws IOException {
        // given
        PackageFiles source = source("1.0", "java 1");

        // when
        InstallReport report = AgentInstaller.install(source, host);

        // then
        Path program = host.resolve(HOME + "/runtime/bin/java");
        assertThat(program).hasContent("java 1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(program)))
                .isEqualTo("rwxr-xr-x");
        assertThat(Files.getLastModifiedTime(host.resolve(HOME + "/lib/agent.jar")))
                .isEqualTo(BUILT);
        assertThat(host.resolve("usr/bin/nodejoin-agent"))
                .hasContent("command of 1.0")
                .isExecutable();
        assertThat(host.resolve(SERVICE)).content().contains("Description=1.0");
        assertThat(Files.readSymbolicLink(host.resolve(WANTS + "/nodejoin-agent.service")))
                .hasToString("/" + SERVICE);
        assertThat(host.resolve("etc/nodejoin")).isDirectory();
        assertThat(report.former()).isNull();
        assertThat(report.enabled()).containsExactly("nodejoin-agent.path", "nodejoin-agent.service");
        assertThat(report.lines()).last().asString().contains("/etc/nodejoin/agent.json");
    }

    @Test
    void shouldChangeNothingTheSecondTime() throws IOException {
        // given
        AgentInstaller.install(source("1.0", "java 1"), host);
        Map<String, FileTime> before = times();

        // when
        InstallReport second = AgentInstaller.install(source("1.0", "java 1"), host);

        // then
        assertThat(second.lines()).singleElement().asString().contains("1.0-", "nothing was changed");
        assertThat(times()).isEqualTo(before);
    }

    @Test
    void shouldReplaceAnOlderVersionByOneLink() throws IOException {
        // given
        InstallReport older = AgentInstaller.install(source("1.0", "java 1"), host);
        Files.delete(host.resolve(WANTS + "/nodejoin-agent.path"));

        // when
        InstallReport newer = AgentInstaller.install(source("1.1", "java 2"), host);

        // then
        assertThat(newer.changed()).containsExactly("/" + VERSIONS + "/" + newer.id(), "/" + VERSIONS + "/current");
        assertThat(newer.former()).isEqualTo(older.id());
        assertThat(newer.enabled()).isEmpty();
        assertThat(host.resolve(HOME + "/runtime/bin/java")).hasContent("java 2");
        assertThat(host.resolve(SERVICE)).content().contains("Description=1.1");
        assertThat(host.resolve(WANTS + "/nodejoin-agent.path"))
                .as("disabled by its administrator")
                .doesNotExist();
        assertThat(host.resolve(VERSIONS).resolve(older.id())).exists();
    }

    @Test
    void shouldKeepOneFormerVersionOnly() throws IOException {
        // given
        InstallReport first = AgentInstaller.install(source("1.0", "java 1"), host);
        AgentInstaller.install(source("1.1", "java 2"), host);

        // when
        InstallReport third = AgentInstaller.install(source("1.2", "java 3"), host);

        // then
        assertThat(host.resolve(VERSIONS).resolve(first.id())).doesNotExist();
        assertThat(third.lines()).anyMatch(line -> line.startsWith("1.1-") && line.contains("stays"));
    }

    @Test
    void shouldRepairADamagedInstallation() throws IOException {
        // given
        AgentInstaller.install(source("1.0", "java 1"), host);
        Files.writeString(host.resolve(HOME + "/lib/agent.jar"), "damaged");
        Files.delete(host.resolve("usr/bin/nodejoin-agent"));

        // when
        InstallReport repair = AgentInstaller.install(source("1.0", "java 1"), host);

        // then
        assertThat(repair.id()).startsWith("1.0-").endsWith(".2");
        assertThat(host.resolve(HOME + "/lib/agent.jar")).hasContent("jar");
        assertThat(host.resolve("usr/bin/nodejoin-agent")).exists();
    }

    @Test
    void shouldDeleteAUnitThatTheNewVersionDoesNotHave() throws IOException {
        // given
        AgentInstaller.install(source("1.0", "java 1"), host);
        PackageFiles newer = source("1.1", "java 2");
        Files.delete(newer.root().resolve(PATH_UNIT));

        // when
        InstallReport report = AgentInstaller.install(newer, host);

        // then
        assertThat(report.changed()).contains("/" + PATH_UNIT + " (deleted)");
        assertThat(Files.exists(host.resolve(PATH_UNIT), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
    }

    @Test
    void shouldReplaceAnUnpackedArchive() throws IOException {
        // given
        PackageFiles older = source("1.0", "java 1");
        copy(older.root(), host);

        // when
        InstallReport report = AgentInstaller.install(source("1.1", "java 2"), host);

        // then
        assertThat(report.former()).isEqualTo("unpacked");
        assertThat(host.resolve(HOME + "/runtime/bin/java")).hasContent("java 2");
        assertThat(host.resolve(SERVICE)).content().contains("Description=1.1");
        assertThat(host.resolve(VERSIONS + "/unpacked/" + HOME + "/runtime/bin/java"))
                .hasContent("java 1");
        assertThat(host.resolve(WANTS)).doesNotExist();
    }

    @Test
    void shouldCompleteAnInstallationThatWasKilled() throws IOException {
        // given
        Path incomplete = Files.createDirectories(host.resolve(VERSIONS + "/.incomplete/" + HOME));
        Files.writeString(incomplete.resolve("half"), "h");

        // when
        InstallReport report = AgentInstaller.install(source("1.0", "java 1"), host);

        // then
        assertThat(report.enabled()).isNotEmpty();
        assertThat(host.resolve(HOME + "/half")).doesNotExist();
        assertThat(incomplete).doesNotExist();
    }

    @Test
    void shouldLeaveADebianPackageAlone() throws IOException {
        // given
        copy(source("1.0", "java 1").root(), host);
        Files.createDirectories(host.resolve("var/lib/dpkg/info"));
        Files.writeString(host.resolve("var/lib/dpkg/info/nodejoin-agent.list"), "/.\n");

        // when
        ThrowingCallable install = () -> AgentInstaller.install(source("1.1", "java 2"), host);

        // then
        assertThatThrownBy(install).isInstanceOf(IOException.class).hasMessageContaining("apt-get remove");
        assertThat(host.resolve(HOME + "/runtime/bin/java")).hasContent("java 1");
        assertThat(host.resolve(VERSIONS)).doesNotExist();
    }

    @Test
    void shouldInstallNothingOfAPackageThatIsDamaged() throws IOException {
        // given
        InstallReport whole = AgentInstaller.install(source("1.0", "java 1"), host);
        PackageFiles damaged = source("1.1", "java 2");
        Files.writeString(damaged.root().resolve(HOME + "/lib/agent.jar"), "damaged");

        // when
        ThrowingCallable install = () -> AgentInstaller.install(damaged, host);

        // then
        assertThatThrownBy(install).isInstanceOf(IOException.class).hasMessageContaining("agent.jar is changed");
        assertThat(Files.readSymbolicLink(host.resolve(VERSIONS + "/current"))).hasToString(whole.id());
    }

    @Test
    void shouldAskForTheMountOfAHostThatIsNotThere() {
        // when
        ThrowingCallable install = () -> AgentInstaller.install(source("1.0", "java 1"), directory.resolve("nowhere"));

        // then
        assertThatThrownBy(install).isInstanceOf(IOException.class).hasMessageContaining("mount the root directory");
    }

    private PackageFiles source(String version, String program) throws IOException {
        Path root = directory.resolve("package-" + version);
        if (Files.exists(root)) {
            return new PackageFiles(root, version);
        }
        write(root, HOME + "/runtime/bin/java", program, "rwxr-xr-x");
        write(root, HOME + "/lib/agent.jar", "jar", "rw-r--r--");
        Files.setLastModifiedTime(root.resolve(HOME + "/lib/agent.jar"), BUILT);
        String sums = Sha256.hex("jar") + "  lib/agent.jar\n" + Sha256.hex(program) + "  runtime/bin/java\n";
        write(root, HOME + "/SHA256SUMS", sums, "rw-r--r--");
        write(root, "usr/bin/nodejoin-agent", "command of " + version, "rwxr-xr-x");
        String unit = "[Unit]\nDescription=" + version + "\n[Install]\nWantedBy=multi-user.target\n";
        write(root, SERVICE, unit, "rw-r--r--");
        write(root, PATH_UNIT, unit, "rw-r--r--");
        return new PackageFiles(root, version);
    }

    private static void write(Path root, String name, String content, String mode) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    /** Of all files and links below the host; the lock is not of interest. */
    private Map<String, FileTime> times() throws IOException {
        try (Stream<Path> tree = Files.walk(host)) {
            Map<String, FileTime> times = new TreeMap<>();
            List<Path> paths = tree.filter(path -> !path.endsWith(".lock")).toList();
            for (Path path : paths) {
                times.put(path.toString(), Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS));
            }
            return times;
        }
    }
}
