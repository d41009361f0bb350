package io.nodejoin.testbed.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoToolchainTest {

    @ParameterizedTest
    @ValueSource(strings = {"go1.21", "go1.24.4", "go1.26.8"})
    void shouldTakeAGoThatBringsItsOwnToolchain(String version) {
        // given, when, then
        assertThat(GoToolchain.obstacles(Optional.of(go(version)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"go1.19.8", "go1.20", ""})
    void shouldNameTheCommandThatBringsANewerGo(String version) {
        // given, when, then
        assertThat(GoToolchain.obstacles(Optional.of(go(version))))
                .singleElement()
                .asString()
                .contains("apt-get install golang-go");
    }

    @Test
    void shouldNameTheCommandThatBringsGo() {
        // given, when, then
        assertThat(GoToolchain.obstacles(Optional.empty()))
                .singleElement()
                .asString()
                .startsWith("Go is missing: ")
                .contains("apt-get install golang-go");
    }

    private static GoToolchain go(String version) {
        return new GoToolchain(version, Path.of("/cache"), Path.of("/modules"));
    }
}
