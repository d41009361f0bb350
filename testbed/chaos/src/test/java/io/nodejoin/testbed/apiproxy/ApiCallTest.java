package io.nodejoin.testbed.apiproxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiCallTest {
    @ParameterizedTest
    @CsvSource({
        "POST, /api/v1/namespaces/kube-system/secrets, POST secrets",
        "DELETE, /api/v1/namespaces/kube-system/secrets/bootstrap-token-abcdef, DELETE secrets",
        "GET, /api/v1/namespaces/kube-system, GET namespaces",
        "GET, /api/v1/nodes/worker-1, GET nodes",
        "GET, /api/v1/nodes?limit=500, LIST nodes",
        "GET, /api/v1/nodes?resourceVersion=7&watch=true, WATCH nodes",
        "POST, /api/v1/namespaces/default/pods/web-0/eviction, POST pods/eviction",
        "PUT, /apis/certificates.k8s.io/v1/certificatesigningrequests/csr-1/approval,"
                + " PUT certificatesigningrequests/approval",
        "PATCH, /apis/coordination.k8s.io/v1/namespaces/nodejoin/leases/garbage-collector, PATCH leases",
        "GET, /version, GET /version"
    })
    void shouldKnowWhatIsAskedFor(String method, String target, String call) {
        assertThat(ApiCall.parse(method, target)).hasToString(call);
    }
}
