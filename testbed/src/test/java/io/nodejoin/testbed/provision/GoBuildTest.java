package io.nodejoin.testbed.provision;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoBuildTest {

    @ParameterizedTest
    @ValueSource(strings = {"go1.21", "go1.24.4", "go1.26.8"})
    void shouldTakeAGoThatBringsItsOwnToolchain(String version) {
        // given, when, then
        assertThat(GoBuild.unmetPrerequisites(version)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"go1.19.8", "go1.20", ""})
    void shouldNameTheCommandThatBringsANewerGo(String version) {
        // given, when, then
        assertThat(GoBuild.unmetPrerequisites(version))
                .singleElement()
                .asString()
                .contains("apt-get install golang-go");
    }
}
