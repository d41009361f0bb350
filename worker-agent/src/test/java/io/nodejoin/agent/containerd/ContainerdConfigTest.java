package io.nodejoin.agent.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.ContainerdSettings;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerdConfigTest {
    private static final Map<String, List<URI>> MIRRORS =
            Map.of("docker.io", List.of(URI.create("https://mirror.example")));
    private static final ContainerdSettings ALL =
            new ContainerdSettings(CgroupDriver.SYSTEMD, "registry.example/pause:3.10", MIRRORS);

    /** As Debian 12 and 13 ship it, with containerd 1.6 and 1.7. */
    private static final String DEBIAN = """
            version = 2

            [plugins]
              [plugins."io.containerd.grpc.v1.cri"]
                [plugins."io.containerd.grpc.v1.cri".cni]
                  bin_dir = "/usr/lib/cni"
                  conf_dir = "/etc/cni/net.d"
              [plugins."io.containerd.internal.v1.opt"]
                path = "/var/lib/containerd"
            """;

    private static String changed(String text) {
        ContainerdConfig.TargetFile target = new ContainerdConfig(text).withSettings(ALL);
        assertThat(target.path()).isEqualTo(ContainerdConfig.FILE);
        return target.content();
    }

    @Test
    void shouldWriteAConfigurationThatEveryContainerdParsesIfThereIsNone() {
        // when
        String text = changed("");

        // then
        assertThat(text).isEqualTo("""
                version = 2
                [plugins."io.containerd.grpc.v1.cri"]
                  sandbox_image = "registry.example/pause:3.10"
                [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
                  runtime_type = "io.containerd.runc.v2"
                [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                  SystemdCgroup = true
                [plugins."io.containerd.grpc.v1.cri".registry]
                  config_path = "/etc/containerd/certs.d"
                """);
    }

    @Test
    void shouldAddToTheFileOfDebianAndKeepTheRest() {
        // when
        String text = changed(DEBIAN);

        // then
        assertThat(text.lines()).containsAll(DEBIAN.lines().toList());
        assertThat(text)
                .contains(
                        "  [plugins.\"io.containerd.grpc.v1.cri\"]\n    sandbox_image = \"registry.example/pause:3.10\"\n")
                .contains(
                        "[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"/etc/containerd/certs.d\"\n");
    }

    @Test
    void shouldUseTheTableNamesOfVersionOne() {
        // when
        String text = changed("[plugins.cri]\n  sandbox_image = \"pause:1\"\n");

        // then
        assertThat(text)
                .startsWith("[plugins.cri]\n  sandbox_image = \"registry.example/pause:3.10\"\n")
                .contains("[plugins.cri.containerd.runtimes.runc.options]\n  SystemdCgroup = true\n")
                .doesNotContain("version");
    }

    @Test
    void shouldUseTheTableNamesOfVersionThree() {
        // when
        String text = changed("version = 3\n");

        // then
        assertThat(text).isEqualTo("""
                version = 3
                [plugins."io.containerd.cri.v1.images".pinned_images]
                  sandbox = "registry.example/pause:3.10"
                [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
                  runtime_type = "io.containerd.runc.v2"
                [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
                  SystemdCgroup = true
                [plugins."io.containerd.cri.v1.images".registry]
                  config_path = "/etc/containerd/certs.d"
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version = 3\nimports = ['/etc/containerd/conf.d/*.toml']\n",
                "version = 3\nimports = [\n \"conf.d/*.toml\",\n]\n"
            })
    void shouldWriteADropInIfItIsImportedAndMerged(String text) {
        // when
        ContainerdConfig.TargetFile target =
                new ContainerdConfig(text).withSettings(new ContainerdSettings(null, "pause:2", Map.of()));

        // then
        assertThat(target)
                .isEqualTo(
                        new ContainerdConfig.TargetFile(
                                "/etc/containerd/conf.d/90-nodejoin.toml",
                                "version = 3\n[plugins.\"io.containerd.cri.v1.images\".pinned_images]\n  sandbox = \"pause:2\"\n"));
    }

    @Test
    void shouldRefuseImportsThatReplaceWhatItWouldSet() {
        // given
        ContainerdConfig config = new ContainerdConfig("version = 2\nimports = [\"/etc/containerd/conf.d/*.toml\"]\n");

        // when, then
        assertThatThrownBy(() -> config.withSettings(ALL))
                .isInstanceOf(HostException.class)
                .hasMessageContaining("/etc/containerd/config.toml")
                .hasMessageContaining("imports files");
    }

    @Test
    void shouldRejectMirrorsInAdditionToThoseOfTheAdministrator() {
        // given
        ContainerdConfig config = new ContainerdConfig(
                "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"docker.io\"]\nendpoint = [\"https://x\"]\n");

        // when, then
        assertThatThrownBy(() -> config.withSettings(ALL)).hasMessageContaining("mirrors or configs of registries");
    }

    @Test
    void shouldPutItsRegistriesBeforeThoseOfTheAdministrator() {
        // given
        String own =
                "version = 3\n[plugins.\"io.containerd.cri.v1.images\".registry]\nconfig_path = \"/opt/certs.d\"\n";
        ContainerdSettings mirrors = new ContainerdSettings(null, null, MIRRORS);

        // when
        String once = new ContainerdConfig(own).withSettings(mirrors).content();
        String twice = new ContainerdConfig(once).withSettings(mirrors).content();

        // then
        assertThat(once).isEqualTo(own.replace("\"/opt", "\"/etc/containerd/certs.d:/opt"));
        assertThat(twice).isEqualTo(once);
    }

    @Test
    void shouldSetTheDriverOfTheDefaultRuntime() {
        // given
        String own = """
                version = 2
                [plugins."io.containerd.grpc.v1.cri".containerd]
                  default_runtime_name = "nvidia"
                  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.nvidia.options]
                    SystemdCgroup = false
                """;

        // when
        String text = changed(own);

        // then
        assertThat(text).contains("    SystemdCgroup = true\n").doesNotContain("runc");
        assertThat(new ContainerdConfig(text).cgroupDriver()).contains(CgroupDriver.SYSTEMD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", DEBIAN, "version = 3\n", "[plugins.cri]\n"})
    void shouldPlanNothingOnceApplied(String text) {
        // when
        String once = changed(text);

        // then
        assertThat(changed(once)).isEqualTo(once);
        assertThat(new ContainerdConfig(once).sandboxImage()).contains("registry.example/pause:3.10");
        assertThat(new ContainerdConfig(once).cgroupDriver()).contains(CgroupDriver.SYSTEMD);
    }

    @Test
    void shouldReadTheDefaultDriverAsCgroupfs() {
        // when
        ContainerdConfig config = new ContainerdConfig(DEBIAN);

        // then
        assertThat(config.cgroupDriver()).contains(CgroupDriver.CGROUPFS);
        assertThat(config.sandboxImage()).isEmpty();
    }
}
