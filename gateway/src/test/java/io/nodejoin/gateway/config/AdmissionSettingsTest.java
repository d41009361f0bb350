package io.nodejoin.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AdmissionSettingsTest {
    @Test
    void shouldParseWhatItWrites() {
        assertThat(AdmissionSettings.parse("off"))
                .isEqualTo(AdmissionSettings.off())
                .hasToString("off");
        assertThat(AdmissionSettings.parse("200"))
                .isEqualTo(AdmissionSettings.of(200))
                .hasToString("200");
    }

    @Test
    void shouldStartNoWindowAboveItsMaximum() {
        assertThat(AdmissionSettings.of(2))
                .extracting(AdmissionSettings::min, AdmissionSettings::initial, AdmissionSettings::max)
                .containsExactly(2, 2, 2);
    }

    @Test
    void shouldRefuseWhatIsNoWindow() {
        assertThatThrownBy(() -> AdmissionSettings.parse("many")).hasMessageContaining("allowed: 1 to 10000, or off");
        assertThatThrownBy(() -> AdmissionSettings.of(0)).hasMessageContaining("allowed: 1 to 10000, or off");
    }
}
