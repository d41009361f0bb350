package io.nodejoin.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class ClusterInfoTextTest {
    @Test
    void shouldNameOneClusterByTheEmptyStringAndNobody() {
        // given
        String text = ClusterInfoText.of("https://10.0.0.1:6443", "CA");
        // when
        Config parsed = Serialization.unmarshal(text, Config.class);
        // then
        assertThat(parsed.getClusters()).singleElement().satisfies(cluster -> {
            assertThat(cluster.getName()).isEmpty();
            assertThat(cluster.getCluster().getServer()).isEqualTo("https://10.0.0.1:6443");
            assertThat(cluster.getCluster().getCertificateAuthorityData()).isEqualTo("Q0E=");
        });
        assertThat(parsed.getUsers()).isNullOrEmpty();
    }
}
