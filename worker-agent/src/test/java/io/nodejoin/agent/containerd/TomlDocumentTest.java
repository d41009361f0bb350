package io.nodejoin.agent.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TomlDocumentTest {
    private static final String TEXT = """
            # a comment with [brackets] = and 'quotes
            version = 2
            imports = [
              "/etc/containerd/conf.d/*.toml", # more ] of it
            ]
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "pause:1" # pinned
              [plugins.'io.containerd.grpc.v1.cri'.cni]
                bin_dir = "/opt/#cni/bin"
            """;
    private static final List<String> CRI = List.of("plugins", "io.containerd.grpc.v1.cri");

    private static List<String> cri(String key) {
        return List.of("plugins", "io.containerd.grpc.v1.cri", key);
    }

    @Test
    void shouldKeepEveryLine() {
        // when
        TomlDocument text = TomlDocument.parse(TEXT);

        // then
        assertThat(text.text()).isEqualTo(TEXT);
    }

    @Test
    void shouldParseValuesOfAnyQuoting() {
        // when
        TomlDocument text = TomlDocument.parse(TEXT);

        // then
        assertThat(text.value(List.of("version"))).contains("2");
        assertThat(text.string(cri("sandbox_image"))).contains("pause:1");
        assertThat(text.string(List.of("plugins", "io.containerd.grpc.v1.cri", "cni", "bin_dir")))
                .contains("/opt/#cni/bin");
        assertThat(text.value(List.of("imports")).orElseThrow())
                .contains("conf.d")
                .endsWith("]");
        assertThat(text.hasTable(cri("cni"))).isTrue();
        assertThat(text.hasTable(cri("registry"))).isFalse();
    }

    @Test
    void shouldReplaceAValueInItsLine() {
        // when
        String changed = TomlDocument.parse(TEXT)
                .withValue(CRI, "sandbox_image", "\"pause:2\"")
                .text();

        // then
        assertThat(changed).isEqualTo(TEXT.replace("\"pause:1\" # pinned", "\"pause:2\""));
    }

    @Test
    void shouldAddAValueToItsTable() {
        // when
        String changed = TomlDocument.parse(TEXT)
                .withValue(CRI, "disable_cgroup", "true")
                .text();

        // then
        assertThat(changed)
                .contains("[plugins.\"io.containerd.grpc.v1.cri\"]\n  disable_cgroup = true\n  sandbox_image");
    }

    @Test
    void shouldAddATableAtTheEndAndAKeyOfNoTableAtTheBeginning() {
        // when
        String changed = TomlDocument.parse(TEXT)
                .withValue(cri("registry"), "config_path", "\"/x\"")
                .withValue(List.of(), "root", "\"/y\"")
                .text();

        // then
        assertThat(changed)
                .isEqualTo("root = \"/y\"\n" + TEXT
                        + "[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"/x\"\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[plugins]\n\"io.containerd.grpc.v1.cri\" = { sandbox_image = \"a\" }\n",
                "plugins.\"io.containerd.grpc.v1.cri\".disable_cgroup = true\n",
                "plugins = {}\n",
                "[plugins.\"io.containerd.grpc.v1.cri\"]\nsandbox_image = [\"a\"]\n",
                "[plugins.\"io.containerd.grpc.v1.cri\"]\nsandbox_image.name = \"a\"\n"
            })
    void shouldRefuseToChangeWhatIsWrittenInline(String text) {
        // given
        TomlDocument toml = TomlDocument.parse(text);

        // when, then
        assertThatThrownBy(() -> toml.withValue(CRI, "sandbox_image", "\"b\""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only its owner can change");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[plugins", "a = \"\"\"\nb\n\"\"\"\n", "no toml", "[a.\"b\\\"c\"]\n", "= 1", "a b = 1"})
    void shouldRejectAnUnknownCommand(String text) {
        // when, then
        assertThatThrownBy(() -> TomlDocument.parse(text)).hasMessageContaining("is not understood");
    }
}
