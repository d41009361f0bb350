package io.nodejoin.testbed.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuppliedProgramsTest {
    private static final Path REPOSITORY = SourceTree.locate().root();
    private static final String KUBERNETES = GoModule.KUBERNETES.version(REPOSITORY);

    @TempDir
    Path directory;

    private SuppliedPrograms supplied;

    @BeforeEach
    void prepare() {
        supplied = SuppliedPrograms.of(REPOSITORY, Map.of("NODEJOIN_BINARIES", directory.toString()));
    }

    @Test
    void shouldReplaceWhatWouldBeBuilt() throws IOException {
        // given
        putAll(KUBERNETES);
        put("temporal", "temporal version 0.0.0 (Server " + version("go.temporal.io/server") + ", UI 2.42.1)");

        // when
        boolean replaces = supplied.replaces(GoModule.KUBERNETES) && supplied.replaces(GoModule.TEMPORAL);

        // then
        assertThat(replaces).isTrue();
        assertThat(supplied.obstacles()).isEmpty();
    }

    @Test
    void shouldHaveBuiltWhatIsMissing() throws IOException {
        // given
        putAll(KUBERNETES);
        Files.delete(directory.resolve("kubelet"));

        // when
        boolean replaces = supplied.replaces(GoModule.KUBERNETES);

        // then
        assertThat(replaces).isFalse();
        assertThat(supplied.hasSomeOfKubernetes()).isTrue();
        assertThat(supplied.obstacles()).isEmpty();
    }

    @Test
    void shouldRefuseAnotherVersionWithWhatWasFoundAndWhatIsWanted() throws IOException {
        // given
        putAll(KUBERNETES);
        put("kubelet", "Kubernetes v1.2.3");

        // when
        var obstacles = supplied.obstacles();

        // then
        assertThat(obstacles)
                .containsExactly(directory.resolve("kubelet") + " is of version 1.2.3, and " + KUBERNETES.substring(1)
                        + " is wanted: replace it, or take it away to have it built");
    }

    @Test
    void shouldRefuseAProgramThatDoesNotTellItsVersion() throws IOException {
        // given
        put("kubeadm", "no such file");

        // when
        var obstacles = supplied.obstacles();

        // then
        assertThat(obstacles)
                .singleElement()
                .asString()
                .startsWith(directory.resolve("kubeadm") + " does not tell its version (")
                .contains(KUBERNETES.substring(1) + " is wanted");
    }

    @Test
    void shouldRefuseADirectoryWithNothingInIt() {
        // when
        var obstacles = supplied.obstacles();

        // then
        assertThat(obstacles)
                .singleElement()
                .asString()
                .startsWith("NODEJOIN_BINARIES=" + directory + " has none of: etcd");
    }

    @Test
    void shouldWantNothingWithoutADirectory() {
        // given
        SuppliedPrograms none = SuppliedPrograms.of(REPOSITORY, Map.of());

        // when
        var obstacles = none.obstacles();

        // then
        assertThat(obstacles).isEmpty();
        assertThat(none.replaces(GoModule.KUBERNETES)).isFalse();
    }

    private void putAll(String version) throws IOException {
        for (String name : SuppliedPrograms.kubernetesNames()) {
            put(
                    name,
                    switch (name) {
                        case "etcd" -> "etcd Version: " + version("go.etcd.io/etcd/server/v3") + "\nGit SHA: none";
                        case "kubectl" -> "Client Version: " + version + "\nKustomize Version: v5.8.1";
                        case "kubeadm" -> version;
                        default -> "Kubernetes " + version;
                    });
        }
        put("pause", "");
    }

    private static String version(String module) {
        GoModule in = module.startsWith("go.etcd.io") ? GoModule.KUBERNETES : GoModule.TEMPORAL;
        return in.required(REPOSITORY, module).substring(1);
    }

    private void put(String name, String answer) throws IOException {
        Path program = Files.writeString(directory.resolve(name), "#!/bin/sh\ncat <<'END'\n" + answer + "\nEND\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
