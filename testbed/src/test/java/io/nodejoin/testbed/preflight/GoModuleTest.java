package io.nodejoin.testbed.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoModuleTest {
    private static final Path REPOSITORY = SourceTree.locate().root();

    @TempDir
    Path cache;

    @Test
    void shouldReadTheVersionsOfAllModules() {
        // when
        List<String> versions = List.of(
                GoModule.KUBERNETES.version(REPOSITORY),
                GoModule.TEMPORAL.version(REPOSITORY),
                GoModule.TOXIPROXY.version(REPOSITORY),
                GoModule.KUBERNETES.required(REPOSITORY, "go.etcd.io/etcd/server/v3"));

        // then
        assertThat(versions).allSatisfy(version -> assertThat(version).matches("v\\d+\\.\\d+\\.\\d+"));
    }

    @Test
    void shouldFindNothingWrongWithWhatWasNeverBuilt() {
        // when
        Optional<String> defect = GoModule.TEMPORAL.defect(REPOSITORY, cache);

        // then
        assertThat(defect).isEmpty();
    }

    @Test
    void shouldNameAProgramThatDoesNotRunAndTheCommandThatHelps() throws IOException {
        // given
        Path entry = put("#!/bin/sh\nexit 1\n");

        // when
        Optional<String> defect = GoModule.TEMPORAL.defect(REPOSITORY, cache);

        // then
        assertThat(defect)
                .hasValue("the cached " + entry.getFileName()
                        + " is broken, temporal does not run; have it made again with: rm -r '" + entry + "'");
    }

    @Test
    void shouldNameAProgramThatHasChangedSinceItRan() throws IOException {
        // given
        Path entry = put("#!/bin/sh\nexit 0\n");
        assertThat(GoModule.TEMPORAL.defect(REPOSITORY, cache)).isEmpty();
        Files.writeString(entry.resolve("temporal"), "#!/bin/sh\nexit 0 # or so\n");

        // when
        Optional<String> defect = GoModule.TEMPORAL.defect(REPOSITORY, cache);

        // then
        assertThat(defect)
                .hasValueSatisfying(line ->
                        assertThat(line).contains("temporal differs from its checksum", "rm -r '" + entry + "'"));
    }

    private Path put(String script) throws IOException {
        Path entry = Files.createDirectories(GoModule.TEMPORAL.entry(REPOSITORY, cache));
        Path program = Files.writeString(entry.resolve("temporal"), script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return entry;
    }
}
