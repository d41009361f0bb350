package io.nodejoin.agentpackage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script of the installer's image. */
class AgentInstallTest {
    private static final String HOME = "usr/lib/nodejoin-agent";
    private static final String SERVICE = "usr/lib/systemd/system/nodejoin-agent.service";
    private static final String PATH_UNIT = "usr/lib/systemd/system/nodejoin-agent.path";
    private static final String VERSIONS = "usr/lib/nodejoin-agent-versions";
    private static final String WANTS = "etc/systemd/system/multi-user.target.wants";
    private static final Path SCRIPT =
            Path.of("src/main/image/nodejoin-agent-install").toAbsolutePath();
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
        Path source = source("1.0", "java 1");

        // when
        Report report = install(source, host);

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
        assertThat(report.lines().getFirst())
                .startsWith("installed nodejoin-agent 1.0-")
                .doesNotContain("in place of");
        assertThat(report.lines())
                .contains("enabled from the next boot on: nodejoin-agent.path nodejoin-agent.service");
        assertThat(report.lines()).last().asString().contains("/etc/nodejoin/agent.json");
    }

    @Test
    void shouldChangeNothingTheSecondTime() throws IOException {
        // given
        install(source("1.0", "java 1"), host);
        Map<String, FileTime> before = times();

        // when
        Report second = install(source("1.0", "java 1"), host);

        // then
        assertThat(second.lines()).singleElement().asString().contains("1.0-", "nothing was changed");
        assertThat(times()).isEqualTo(before);
    }

    @Test
    void shouldReplaceAnOlderVersionByOneLink() throws IOException {
        // given
        Report older = install(source("1.0", "java 1"), host);
        Files.delete(host.resolve(WANTS + "/nodejoin-agent.path"));

        // when
        Report newer = install(source("1.1", "java 2"), host);

        // then
        assertThat(newer.changed()).containsExactly("/" + VERSIONS + "/" + newer.id(), "/" + VERSIONS + "/current");
        assertThat(newer.lines().getFirst()).endsWith(" in place of " + older.id() + ":");
        assertThat(newer.lines()).noneMatch(line -> line.startsWith("enabled"));
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
        Report first = install(source("1.0", "java 1"), host);
        install(source("1.1", "java 2"), host);

        // when
        Report third = install(source("1.2", "java 3"), host);

        // then
        assertThat(host.resolve(VERSIONS).resolve(first.id())).doesNotExist();
        assertThat(third.lines()).anyMatch(line -> line.startsWith("1.1-") && line.contains("stays"));
    }

    @Test
    void shouldRepairADamagedInstallation() throws IOException {
        // given
        install(source("1.0", "java 1"), host);
        Files.writeString(host.resolve(HOME + "/lib/agent.jar"), "damaged");
        Files.delete(host.resolve("usr/bin/nodejoin-agent"));

        // when
        Report repair = install(source("1.0", "java 1"), host);

        // then
        assertThat(repair.id()).startsWith("1.0-").endsWith(".2");
        assertThat(host.resolve(HOME + "/lib/agent.jar")).hasContent("jar");
        assertThat(host.resolve("usr/bin/nodejoin-agent")).exists();
    }

    @Test
    void shouldDeleteAUnitThatTheNewVersionDoesNotHave() throws IOException {
        // given
        install(source("1.0", "java 1"), host);
        Path newer = source("1.1", "java 2");
        Files.delete(newer.resolve(PATH_UNIT));

        // when
        Report report = install(newer, host);

        // then
        assertThat(report.changed()).contains("/" + PATH_UNIT + " (deleted)");
        assertThat(Files.exists(host.resolve(PATH_UNIT), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
    }

    @Test
    void shouldReplaceAnUnpackedArchive() throws IOException {
        // given
        Path older = source("1.0", "java 1");
        copy(older, host);

        // when
        Report report = install(source("1.1", "java 2"), host);

        // then
        assertThat(report.lines().getFirst()).endsWith(" in place of unpacked:");
        assertThat(host.resolve(HOME + "/runtime/bin/java")).hasContent("java 2");
        assertThat(host.resolve(SERVICE)).content().contains("Description=1.1");
        assertThat(host.resolve(VERSIONS + "/unpacked/" + HOME + "/runtime/bin/java"))
                .hasContent("java 1");
        assertThat(host.resolve(WANTS)).doesNotExist();
    }

    @Test
    void shouldCompleteAnInstallationThatWasKilled() throws IOException {
        // given
        Path killed = Files.createDirectories(host.resolve(VERSIONS + "/.incomplete.killed"));
        Files.writeString(killed.resolve("half"), "h");
        Files.setLastModifiedTime(killed, FileTime.from(Instant.now().minus(Duration.ofHours(2))));

        // when
        Report report = install(source("1.0", "java 1"), host);

        // then
        assertThat(report.lines()).anyMatch(line -> line.startsWith("enabled"));
        assertThat(killed).doesNotExist();
    }

    @Test
    void shouldLeaveADebianPackageAlone() throws IOException {
        // given
        copy(source("1.0", "java 1"), host);
        Files.createDirectories(host.resolve("var/lib/dpkg/info"));
        Files.writeString(host.resolve("var/lib/dpkg/info/nodejoin-agent.list"), "/.\n");

        // when
        Report report = install(source("1.1", "java 2"), host);

        // then
        assertThat(report.failure()).contains("apt-get remove");
        assertThat(host.resolve(HOME + "/runtime/bin/java")).hasContent("java 1");
        assertThat(host.resolve(VERSIONS)).doesNotExist();
    }

    @Test
    void shouldInstallNothingOfAPackageThatIsDamaged() throws IOException {
        // given
        Report whole = install(source("1.0", "java 1"), host);
        Path damaged = source("1.1", "java 2");
        Files.writeString(damaged.resolve(HOME + "/lib/agent.jar"), "damaged");

        // when
        Report report = install(damaged, host);

        // then
        assertThat(report.failure()).contains("lib/agent.jar: FAILED", "a file of the package is changed or missing");
        assertThat(Files.readSymbolicLink(host.resolve(VERSIONS + "/current"))).hasToString(whole.id());
    }

    @Test
    void shouldAskForTheMountOfAHostThatIsNotThere() throws IOException {
        // when
        Report report = install(source("1.0", "java 1"), directory.resolve("nowhere"));

        // then
        assertThat(report.failure()).contains("mount the root directory");
    }

    private Path source(String version, String program) throws IOException {
        Path root = directory.resolve("package-" + version);
        if (Files.exists(root)) {
            return root;
        }
        String jar = "lib/nodejoin-worker-agent-" + version + ".jar";
        write(root, HOME + "/runtime/bin/java", program, "rwxr-xr-x");
        write(root, HOME + "/lib/agent.jar", "jar", "rw-r--r--");
        write(root, HOME + "/" + jar, version, "rw-r--r--");
        Files.setLastModifiedTime(root.resolve(HOME + "/lib/agent.jar"), BUILT);
        write(
                root,
                HOME + "/SHA256SUMS",
                sum("jar", "lib/agent.jar") + sum(version, jar) + sum(program, "runtime/bin/java"),
                "rw-r--r--");
        write(root, "usr/bin/nodejoin-agent", "command of " + version, "rwxr-xr-x");
        String unit = "[Unit]\nDescription=" + version + "\n[Install]\nWantedBy=multi-user.target\n";
        write(root, SERVICE, unit, "rw-r--r--");
        write(root, PATH_UNIT, unit, "rw-r--r--");
        return root;
    }

    private static String sum(String content, String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest) + "  " + name + "\n";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** What the script has printed. */
    private record Report(int exitCode, List<String> lines, String failure) {
        /** Returns the name of the version. */
        String id() {
            Matcher version = Pattern.compile("nodejoin-agent (\\S+?)(?::| |$)").matcher(lines.getFirst());
            assertThat(version.find()).isTrue();
            return version.group(1);
        }

        List<String> changed() {
            return lines.stream()
                    .filter(line -> line.startsWith("  "))
                    .map(String::strip)
                    .toList();
        }
    }

    private Report install(Path source, Path root) throws IOException {
        Path printed = directory.resolve("printed");
        Path failed = directory.resolve("failed");
        Process script = new ProcessBuilder("sh", SCRIPT.toString(), root.toString(), source.toString())
                .redirectOutput(printed.toFile())
                .redirectError(failed.toFile())
                .start();
        int exitCode = script.onExit().join().exitValue();
        Report report = new Report(exitCode, Files.readAllLines(printed), Files.readString(failed));
        assertThat(exitCode == 0).as(report.failure()).isEqualTo(!report.lines().isEmpty());
        return report;
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
