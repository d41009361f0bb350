package io.nodejoin.testbed.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class HostSpecTest {

    @Test
    void shouldCollectFaults() {
        // given
        HostSpec faultless = HostSpec.named("w1", "secret");

        // when
        HostSpec spec = faultless.with(HostFault.NO_AGENT).with(HostFault.KUBELET_MISSING);

        // then
        assertThat(spec.faults()).containsExactlyInAnyOrder(HostFault.NO_AGENT, HostFault.KUBELET_MISSING);
        assertThat(spec.hasAgent()).isFalse();
        assertThat(faultless.hasAgent()).isTrue();
    }

    @Test
    void shouldRefuseNamesThatAreNoHostLabel() {
        // when
        // then
        assertThatThrownBy(() -> HostSpec.named("W1", "s")).hasMessageContaining("RFC 1123");
        assertThatThrownBy(() -> HostSpec.named("../up", "s")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HostSpec.named("a.b", "s")).hasMessageContaining("one label");
        assertThatThrownBy(() -> HostSpec.named("a".repeat(33), "s")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseASecretThatAFileCouldNotHoldExactly() {
        // when
        // then
        assertThatThrownBy(() -> HostSpec.named("w1", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HostSpec.named("w1", "two words")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldSurviveItsFile() throws IOException {
        // given
        HostRecord host = new HostRecord(
                HostSpec.named("w1", "s").with(HostProfile.DOCKER).with(HostFault.RUNTIME_DOWN), 12);

        // when
        HostRecord read = new JsonMapper().readValue(new JsonMapper().writeValueAsString(host), HostRecord.class);

        // then
        assertThat(read).isEqualTo(host);
    }
}
