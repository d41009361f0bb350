package io.nodejoin.client.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    private static final List<String> KNOWN = List.of("status", "list", "leave", "tokens", "kubeconfigFile");

    @ParameterizedTest
    @CsvSource({
        "staus, status",
        "sttaus, status",
        "lits, list",
        "toknes, tokens",
        "Leave, leave",
        "kubeConfig, kubeconfigFile",
        "frobnicate, ",
        "s, ",
        "serve, ",
    })
    void shouldProposeWhatDiffersByASlip(String mistyped, String expected) {
        // when
        Optional<String> nearest = NearestName.of(mistyped, KNOWN);

        // then
        assertThat(nearest).isEqualTo(Optional.ofNullable(expected));
    }
}
