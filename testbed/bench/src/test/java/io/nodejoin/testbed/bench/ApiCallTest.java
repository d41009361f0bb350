package io.nodejoin.testbed.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ApiCallTest {
    private static final String HOST = "10.77.3.11";

    @Test
    void shouldReadARequestForAResource() throws IOException {
        // when
        ApiCall call = parse(
                "system:serviceaccount:nodejoin-system:nodejoin",
                "fabric8-kubernetes-client/8.0.0",
                "10.77.3.254",
                """
                "objectRef":{"resource":"certificatesigningrequests","subresource":"approval","name":"csr-1"},""");

        // then
        assertThat(call.from()).isEqualTo(Instant.parse("2026-11-30T14:40:41.000001Z"));
        assertThat(call.to()).isEqualTo(Instant.parse("2026-11-30T14:40:41.000250Z"));
        assertThat(call.what()).isEqualTo("update certificatesigningrequests/approval csr-1 -> 200");
        assertThat(call.kind()).isEqualTo("update certificatesigningrequests/approval");
        assertThat(call.who(HOST)).isEqualTo("service");
    }

    @Test
    void shouldNameAPathThatIsNoResource() throws IOException {
        // when
        ApiCall call = parse("system:anonymous", "Java-http-client/25", HOST, "");

        // then
        assertThat(call.kind()).isEqualTo("update /version?timeout=1s");
    }

    @Test
    void shouldTellKubeletAndAgentOfTheHostAndTheClusterApart() throws IOException {
        assertThat(parse("system:node:w1", "kubelet/v1.37.2", HOST, "").who(HOST))
                .isEqualTo("kubelet");
        assertThat(parse("system:bootstrap:bh4saa", "Java-http-client/25", HOST, "")
                        .who(HOST))
                .isEqualTo("agent");
        assertThat(parse("system:serviceaccount:kube-system:bootstrap-signer", "kcm", "10.77.3.1", "")
                        .who(HOST))
                .isEqualTo("bootstrap-signer");
    }

    private static ApiCall parse(String user, String agent, String address, String object) throws IOException {
        return ApiCall.of(new JsonMapper().readTree("""
                {"verb":"update","requestURI":"/version?timeout=1s","user":{"username":"%s"},"userAgent":"%s",%s
                "sourceIPs":["%s"],"responseStatus":{"code":200},
                "requestReceivedTimestamp":"2026-11-30T14:40:41.000001Z","stageTimestamp":"2026-11-30T14:40:41.000250Z"}
                """.formatted(user, agent, object, address)));
    }
}
