package io.nodejoin.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.agent.step.UndoExecutor;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerdProfileTest {
    private static final String CONFIG = "/etc/containerd/config.toml";
    private static final String HOSTS = "/etc/containerd/certs.d/docker.io/hosts.toml";
    private static final String OWN = "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".cni]\nbin_dir = \"/x\"\n";
    private static final HostSettings SETTINGS = new HostSettings(
            null,
            new ContainerdSettings(
                    CgroupDriver.SYSTEMD,
                    "registry.example/pause:3.10",
                    Map.of("docker.io", List.of(URI.create("https://a.example"), URI.create("http://b.example:5000")))),
            null);

    @TempDir
    Path root;

    @TempDir
    Path state;

    private FakeHost host;
    private Journal journal;

    @BeforeEach
    void makeHost() {
        host = new FakeHost(root);
        journal = Journal.open(state.resolve("journal"));
    }

    private List<HostStep> plan(HostSettings settings) {
        Profile profile = Profile.of(HostProfile.CONTAINERD, settings, null);
        return HostPlans.create(host, profile).steps();
    }

    private void apply(HostSettings settings) {
        new StepExecutor(host.parts(), journal).apply(plan(settings), _ -> {});
    }

    private String text(String path) throws IOException {
        return Files.readString(root.resolve(path.substring(1)));
    }

    private void furnish() {
        host.directory("etc/containerd");
        host.text(CONFIG, OWN);
    }

    @Test
    void shouldConfigureContainerdWhileItIsStopped() throws IOException {
        // given
        furnish();

        // when
        apply(SETTINGS);

        // then
        assertThat(text(CONFIG))
                .startsWith(OWN)
                .contains("sandbox_image = \"registry.example/pause:3.10\"", "SystemdCgroup = true");
        assertThat(text(HOSTS)).isEqualTo("""
                [host."https://a.example"]
                  capabilities = ["pull", "resolve"]
                [host."http://b.example:5000"]
                  capabilities = ["pull", "resolve"]
                """);
        assertThat(host.calls()).containsSubsequence("stop containerd.service", "start containerd.service");
    }

    @Test
    void shouldNotChangeContainerdUnlessTheClusterConfiguresIt() throws IOException {
        // given
        furnish();

        // when
        apply(HostSettings.DEFAULT);

        // then
        assertThat(text(CONFIG)).isEqualTo(OWN);
        assertThat(root.resolve("etc/containerd/certs.d")).doesNotExist();
        assertThat(host.calls()).noneMatch(call -> call.contains("containerd"));
    }

    @Test
    void shouldConfigureContainerdThatHasNoConfigurationYet() throws IOException {
        // when
        apply(SETTINGS);

        // then
        assertThat(text(CONFIG)).startsWith("version = 2\n");
    }

    @Test
    void shouldNotRestartContainerdForSettingsThatItHas() {
        // given
        furnish();
        apply(SETTINGS);

        // when
        List<HostStep> left = plan(SETTINGS);

        // then
        assertThat(left).isEmpty();
    }

    @Test
    void shouldNotRestartContainerdForAnotherMirror() {
        // given
        furnish();
        apply(SETTINGS);
        host.text(HOSTS, "another");

        // when
        List<HostStep> left = plan(SETTINGS);

        // then
        assertThat(left).extracting(HostStep::name).containsExactly("write " + HOSTS);
    }

    @Test
    void shouldRestoreTheConfigurationAndRestartContainerdWithIt() throws IOException {
        // given
        furnish();
        apply(SETTINGS);

        // when
        List<Finding> residue = new UndoExecutor(host.parts(), journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(text(CONFIG)).isEqualTo(OWN);
        assertThat(root.resolve("etc/containerd/certs.d")).doesNotExist();
        assertThat(host.calls()).contains("restart containerd.service");
    }
}
