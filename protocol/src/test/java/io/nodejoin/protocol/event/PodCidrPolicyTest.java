package io.nodejoin.protocol.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PodCidrPolicyTest {
    @ParameterizedTest
    @ValueSource(strings = {"10.244.3.0/24", "10.0.0.0/8", "192.0.2.4/30", "fd00:10:244:3::/64", "2001:db8::4/126"})
    void shouldAllow(String range) {
        assertThat(PodCidrPolicy.violation(range)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "10.244.3.0, a slash and",
        "10.244.3.0/024, a slash and",
        "10.244.3.0/24/1, a slash and",
        "pods/24, a slash and",
        "10.244.3/24, no IPv4 or IPv6 address",
        "127.0.0.0/8, loopback",
        "224.0.0.0/8, multicast",
        "fe80::/64, link-local",
        "10.0.0.0/7, not of 8 to 30",
        "10.0.0.0/31, not of 8 to 30",
        "fd00::/127, not of 8 to 126",
        "10.244.3.1/24, bits of a single address",
        "fd00::1/64, bits of a single address"
    })
    void shouldRefuse(String range, String rule) {
        assertThat(PodCidrPolicy.violation(range))
                .hasValueSatisfying(
                        sentence -> assertThat(sentence).contains(rule).doesNotContain(range));
    }
}
