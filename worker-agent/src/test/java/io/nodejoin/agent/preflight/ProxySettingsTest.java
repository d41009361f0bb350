package io.nodejoin.agent.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.host.FakeHost;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxySettingsTest {
    @TempDir
    private Path root;

    private List<ProxySettings> read(String environment) {
        FakeHost host = new FakeHost(root);
        host.text("/etc/environment", environment);
        return ProxySettings.read(host.parts().files());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*                       | api.example.com | false",
                "api.example.com         | api.example.com | false",
                "example.com             | api.example.com | false",
                ".EXAMPLE.com            | api.example.com | false",
                "ample.com               | api.example.com | true",
                "localhost, 10.0.0.1     | 10.0.0.1        | false",
                "10.0.0.0/8              | 10.200.0.1      | false",
                "10.0.0.0/9              | 10.200.0.1      | true",
                "10.0.0.0/33             | 10.0.0.1        | true",
                "0.0.0.0/0               | 192.0.2.1       | false",
                "fd00::/8                | fd12::1         | false",
                "fd00::/8                | 10.0.0.1        | true",
                "fd00::/8                | [fd12::1]       | false",
                "fd00::1                 | [fd00::1]       | false",
                "fd00:0:0::1             | [fd00::1]       | false",
                "fd00::2                 | [fd00::1]       | true",
                "10.0.0.0/8              | api.example.com | true",
                "''                      | 10.0.0.1        | true",
                "10.0.0.300/8,10.0.0.0/8 | 10.200.0.1      | false",
                "10.0.0.300/8            | 10.200.0.1      | true",
                "fd00::1::/8,fd00::/8    | fd12::1         | false",
                "10.0.0.0/8.5            | 10.200.0.1      | true",
            })
    void shouldReportWhetherAHostIsExemptFromTheProxy(String exceptions, String host, boolean sends) {
        // given
        List<ProxySettings> settings = read("HTTPS_PROXY=http://proxy:3128\nNO_PROXY=" + exceptions.replace(" ", ""));

        // when
        boolean sent = settings.getFirst().isProxied(host);

        // then
        assertThat(sent).isEqualTo(sends);
    }

    @ParameterizedTest
    @CsvSource({"''", "'# https_proxy=http://proxy:3128'", "'https_proxy='", "'no_proxy=10.0.0.1'"})
    void shouldFindNoProxyWhereNoneIsSet(String environment) {
        // when
        List<ProxySettings> settings = read(environment);

        // then
        assertThat(settings).isEmpty();
    }

    @Test
    void shouldIgnoreANetworkThatIsInvalid() {
        // when
        List<ProxySettings> settings =
                read("HTTPS_PROXY=http://proxy:3128\nNO_PROXY=10.0.0.300/8,10.0.0.0/33,10.0.0.0/8,a/b,::/0\n");

        // then
        assertThat(settings)
                .singleElement()
                .satisfies(one -> assertThat(one.exceptions()).containsExactly("10.0.0.0/8", "::/0"));
    }

    @Test
    void shouldParseQuotedSettings() {
        // when
        List<ProxySettings> settings = read("https_proxy=\"http://proxy:3128\"\nno_proxy='10.0.0.1,b'\n");

        // then
        assertThat(settings)
                .singleElement()
                .satisfies(one -> assertThat(one.exceptions()).containsExactly("10.0.0.1", "b"));
    }
}
