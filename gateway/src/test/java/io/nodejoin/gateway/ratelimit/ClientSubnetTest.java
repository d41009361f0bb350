package io.nodejoin.gateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientSubnetTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "2001:db8::1, 20010db800000000::/64",
        "2001:db8:0:0:ffff:ffff:ffff:ffff, 20010db800000000::/64",
        "[2001:db8::1], 20010db800000000::/64",
        "2001:db8:0:1::1, 20010db800000001::/64",
        "::ffff:192.0.2.7, 192.0.2.7",
        "nonsense, nonsense",
    })
    void shouldTakeTogetherWhatOneCallerHas(String address, String network) {
        // given address when
        String taken = ClientSubnet.of(address);
        // then
        assertThat(taken).isEqualTo(network);
    }
}
