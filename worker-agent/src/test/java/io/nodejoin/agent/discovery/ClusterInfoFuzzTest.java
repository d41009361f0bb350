package io.nodejoin.agent.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.kubelet.BootstrapKubeconfig;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.hostile.Fuzzing;
import io.nodejoin.protocol.hostile.Mutator;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterInfoFuzzTest {
    private static final BootstrapToken TOKEN = BootstrapToken.parse("abcdef.0123456789abcdef");

    private X509Certificate authority;
    private String pem;

    @BeforeAll
    void makeCertificates() {
        authority = new TestTls().certificate("ca");
        pem = Pem.encode(List.of(authority));
    }

    private static String kubeconfig(String pem) {
        return "apiVersion: v1\nkind: Config\nclusters:\n- name: \"\"\n  cluster:\n    server: https://127.0.0.1\n"
                + "    certificate-authority-data: " + Base64.getEncoder().encodeToString(pem.getBytes(UTF_8)) + "\n";
    }

    @Test
    void shouldParseCertificatesOrFailIfThereAreNone() {
        Fuzzing.check("cluster-info kubeconfig", mutator -> {
            // given
            String text =
                    mutator.nextInt(2) == 0 ? mutator.mutateText(kubeconfig(pem)) : kubeconfig(mutator.mutateText(pem));

            // when
            List<X509Certificate> found;
            try {
                found = TokenDiscovery.authorities(text);
            } catch (HostException e) {
                assertThat(e.problem().code()).isEqualTo(ErrorCode.CA_PIN_MISMATCH);
                assertThat(e.problem().detail()).matches("[ -~]{1,200}");
                return;
            }

            // then
            assertThat(found).isNotEmpty();
            assertThat(Pem.parseCertificates(Pem.encode(found))).isEqualTo(found);
        });
    }

    @Test
    void shouldReadAConfigMapOrFail() {
        Fuzzing.check("cluster-info", mutator -> {
            // given
            String good = new JsonMapper().writeValueAsString(Map.of("data", Map.of("kubeconfig", kubeconfig(pem))));
            byte[] bad = mutator.nextInt(2) == 0
                    ? mutator.mutateBytes(good.getBytes(UTF_8))
                    : mutator.mutateJson(good).getBytes(UTF_8);

            // when
            String read;
            try {
                read = ClusterInfoPoller.parseData(bad).path("kubeconfig").asText();
            } catch (IOException e) {
                read = "";
            }

            // then
            assertThat(read.length()).isLessThanOrEqualTo(bad.length);
        });
    }

    @Test
    void shouldParseItsOwnBootstrapKubeconfigOnly() {
        // given
        BootstrapKubeconfig written = new BootstrapKubeconfig(
                new TrustedCluster(URI.create("https://10.0.0.1:6443"), List.of(authority)), TOKEN);
        assertThat(BootstrapKubeconfig.parse(written.text().getBytes(UTF_8))).contains(written);
        Fuzzing.check("bootstrap kubeconfig", mutator -> {
            // when
            byte[] bad = changed(mutator, written.text());

            // then
            BootstrapKubeconfig.parse(bad)
                    .ifPresent(read -> assertThat(
                                    BootstrapKubeconfig.parse(read.text().getBytes(UTF_8)))
                            .contains(read));
        });
    }

    private static byte[] changed(Mutator mutator, String good) {
        return mutator.nextInt(2) == 0
                ? mutator.mutateBytes(good.getBytes(UTF_8))
                : mutator.mutateJson(good).getBytes(UTF_8);
    }
}
