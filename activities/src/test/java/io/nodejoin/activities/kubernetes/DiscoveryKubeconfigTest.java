package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;

class DiscoveryKubeconfigTest {
    private static final URI SERVER = URI.create("https://10.77.0.1:6443");
    private static final String CA = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    private static final String AS_KUBEADM_WRITES_IT = """
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCkFBQUEKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=
                server: https://10.77.0.1:6443
              name: ""
            contexts: null
            current-context: ""
            kind: Config
            users: null
            """;

    @Test
    void shouldWriteTheBytesThatKubeadmWrites() {
        // when
        String text = DiscoveryKubeconfig.render(SERVER, CA);

        // then
        assertThat(text).isEqualTo(AS_KUBEADM_WRITES_IT);
    }

    @Test
    void shouldReadTheEndpointOfAKubeconfigThatSomeoneElseWrote() {
        // when
        URI server = DiscoveryKubeconfig.apiServer(AS_KUBEADM_WRITES_IT + "preferences: {}\n");

        // then
        assertThat(server).isEqualTo(SERVER);
    }

    @Test
    void shouldRefuseAKubeconfigWithTwoClusters() {
        // given
        String two = AS_KUBEADM_WRITES_IT.replace("contexts:", "- name: b\n  cluster: {server: x}\ncontexts:");

        // when // then
        assertThatThrownBy(() -> DiscoveryKubeconfig.apiServer(two))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 clusters");
    }

    @Test
    void shouldRefuseAKubeconfigWithoutAuthority() {
        // given
        String bare = AS_KUBEADM_WRITES_IT.replaceAll("    certificate-authority-data.*\n", "");

        // when // then
        assertThatThrownBy(() -> DiscoveryKubeconfig.pins(bare)).isInstanceOf(IllegalArgumentException.class);
    }
}
