package io.nodejoin.testbed.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BedSettingsTest {

    @Test
    void shouldKnowTheNumbersOfTheUsualBeds() {
        // given
        String name = "bench";

        // when
        BedSettings settings = BedSettings.named(name);

        // then
        assertThat(settings).isEqualTo(new BedSettings("bench", 3, BedMode.NAMESPACES, true, false, false));
    }

    @Test
    void shouldWantANumberForAnyOtherBed() {
        // when
        // then
        assertThatThrownBy(() -> BedSettings.named("mine"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mine");
    }

    @Test
    void shouldRefuseNamesThatCouldLeaveTheirDirectory() {
        // when
        // then
        assertThatThrownBy(() -> BedSettings.numbered("../x", 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BedSettings.numbered("a-b", 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BedSettings.numbered("ninechars", 4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseNumbersWhosePortsWouldMeet() {
        // when
        // then
        assertThatThrownBy(() -> BedSettings.numbered("mine", 21)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldSurviveItsFile() {
        // given
        BedSettings settings = BedSettings.numbered("mine", 7)
                .withMode(BedMode.LOCAL)
                .withTokenControllers(false)
                .withKubeProxy(true)
                .withClusterApproval(true);

        // when
        BedSettings read = BedSettings.parse(settings.text());

        // then
        assertThat(read).isEqualTo(settings);
    }

    @Test
    void shouldFollowTheXdgRules() {
        // given
        Map<String, String> environment = Map.of("HOME", "/home/someone", "XDG_CACHE_HOME", "/fast");

        // when
        Path state = BedDirectories.userParent(environment);
        Path cache = BedDirectories.userCache(environment);

        // then
        assertThat(state).isEqualTo(Path.of("/home/someone/.local/state/nodejoin/testbed"));
        assertThat(cache).isEqualTo(Path.of("/fast/nodejoin"));
    }
}
