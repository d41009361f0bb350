package io.nodejoin.protocol.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "192.0.2.255",
                "255.255.255.1",
                "203.0.113.7",
                "2001:db8::17",
                "2001:DB8:0:0:0:0:0:17",
                "fd00::1",
                "64:ff9b::192.0.2.1"
            })
    void shouldAllow(String address) {
        assertThat(AddressPolicy.violation(address)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, unspecified",
        "0.1.2.3, unspecified",
        "::, unspecified",
        "0:0:0:0:0:0:0:0, unspecified",
        "127.0.0.1, loopback",
        "127.255.0.1, loopback",
        "::1, loopback",
        "0:0:0:0:0:0:0:1, loopback",
        "169.254.169.254, link-local",
        "fe80::1, link-local",
        "FE80::1, link-local",
        "febf::1, link-local",
        "224.0.0.1, multicast",
        "239.255.255.250, multicast",
        "ff02::1, multicast",
        "::ffff:192.0.2.1, IPv4 address written as",
        "::ffff:c000:201, IPv4 address written as",
        "::ffff:127.0.0.1, IPv4 address written as"
    })
    void shouldRejectAddressesThatNoOtherMachineReaches(String address, String rule) {
        assertThat(AddressPolicy.violation(address))
                .hasValueSatisfying(
                        sentence -> assertThat(sentence).contains(rule).doesNotContain(address));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " 10.0.0.1",
                "10.0.0.1\n",
                "10.0.0",
                "10.1",
                "2130706433",
                "0x7f.0.0.1",
                "010.0.0.1",
                "10.0.0.256",
                "10.0.0.1.2",
                "10.0.0.1:443",
                "10.0.0.1/24",
                "10.0.0.1,10.0.0.2",
                "[2001:db8::1]",
                "2001:db8::1]:443",
                "fe80::1%eth0",
                "2001:db8::1%1",
                "1::2::3",
                "12345::",
                ":::",
                "::g",
                "localhost",
                "worker-1",
                "face",
                "dead.beef",
                "\u0661\u0660.0.0.1"
            })
    void shouldRefuseWhatIsNoLiteral(String text) {
        assertThat(AddressPolicy.violation(text)).hasValue("is no IPv4 or IPv6 address without port, prefix and zone");
    }
}
