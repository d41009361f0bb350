package io.nodejoin.testbed.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostInspectorTest {
    @TempDir
    private Path root;

    @Test
    void shouldNotTakeTheProblemThatTheAgentLeavesForAChangeOfTheHost() throws IOException {
        // given
        Files.createDirectories(root.resolve("run"));
        HostInspector host = new HostInspector("node-1", root, () -> false);
        Files.createDirectories(root.resolve("run/cluster-api"));
        Files.writeString(root.resolve("run/cluster-api/bootstrap-error.log"), "KUBELET_EXITED");

        // when
        ClusterSnapshot.Host seen = host.inspect();

        // then
        assertThat(seen.now()).isEqualTo(seen.before());
    }

    @Test
    void shouldTakeAnyOtherNewFileForAChange() throws IOException {
        // given
        HostInspector host = new HostInspector("node-1", root, () -> false);
        Files.writeString(root.resolve("kubelet.conf"), "kind: Config");

        // when
        ClusterSnapshot.Host seen = host.inspect();

        // then
        assertThat(seen.now()).containsKey("/kubelet.conf");
        assertThat(seen.before()).doesNotContainKey("/kubelet.conf");
    }
}
