package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.activities.kubernetes.EventRecorder;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CsrEventsTest {
    private static final ClusterName BLUE = new ClusterName("blue");
    private static final ClusterName GREEN = new ClusterName("green");
    private static final Problem PROBLEM = new Problem(ErrorCode.CSR_KEY_MISMATCH, "another key");

    private final StubApiServer api = new StubApiServer("");
    private final EventRecorder recorder = new EventRecorder(api, "gateway-1");
    private Instant now = Instant.parse("2026-11-25T10:00:00Z");
    private final CsrEvents events = new CsrEvents(recorder, () -> now);
    private int denied;

    @AfterEach
    void close() {
        recorder.close();
        api.close();
    }

    @Test
    void shouldTellOfAFloodOfDenialsOnlyItsBeginningInEachMinute() {
        // when
        for (int i = 0; i < 2 * CsrEvents.MAX_DENIALS; i++) {
            deny(BLUE);
        }
        awaitEvents(CsrEvents.MAX_DENIALS);
        deny(GREEN);
        awaitEvents(CsrEvents.MAX_DENIALS + 1);
        now = now.plusSeconds(60);
        deny(BLUE);

        // then
        awaitEvents(CsrEvents.MAX_DENIALS + 2);
    }

    @Test
    void shouldTellEveryApproval() {
        // when
        for (int i = 0; i <= CsrEvents.MAX_DENIALS; i++) {
            events.approved(BLUE, csr("csr-" + i), JoinId.of("test", "join-" + i), "Join x: rules");
        }

        // then
        awaitEvents(CsrEvents.MAX_DENIALS + 1);
    }

    private void awaitEvents(int number) {
        await().untilAsserted(() -> assertThat(api.changes())
                .hasSize(number)
                .containsOnly("POST /apis/events.k8s.io/v1/namespaces/default/events"));
    }

    /** Without a join: the token's is no longer known. */
    private void deny(ClusterName cluster) {
        events.denied(cluster, csr("csr-" + denied++), null, PROBLEM);
    }

    private static CertificateSigningRequest csr(String name) {
        return new CertificateSigningRequestBuilder()
                .withNewMetadata()
                .withName(name)
                .withUid("uid-" + name)
                .endMetadata()
                .build();
    }
}
