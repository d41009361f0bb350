package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VerifiedClusterClientsTest {
    private static final ClusterName CLUSTER = new ClusterName("west");
    private static final String UID = "1f0a7a70-5ad5-4e0c-9f6d-6f4fd3a1c111";
    private static final String OTHER = "2f0a7a70-5ad5-4e0c-9f6d-6f4fd3a1c222";
    private static final String KUBE_SYSTEM = "/api/v1/namespaces/kube-system";

    private final StubApiServer apiServer = new StubApiServer("");
    private final ClusterClients clusters = new VerifiedClusterClients(apiServer, Map.of(CLUSTER, UID));

    @BeforeEach
    void beTheCluster() {
        show(UID);
    }

    @AfterEach
    void close() {
        clusters.close();
    }

    private void show(String uid) {
        apiServer.show(KUBE_SYSTEM, """
                {"kind":"Namespace","apiVersion":"v1","metadata":{"name":"kube-system","uid":"%s"}}
                """.formatted(uid));
    }

    @Test
    void shouldHandOutTheClientOfTheClusterThatWasMeant() {
        assertThat(clusters.client(CLUSTER)).isSameAs(apiServer.client(CLUSTER));
    }

    @Test
    void shouldHandOutNoClientThatLeadsToAnotherCluster() {
        // given
        show(OTHER);

        // when
        Throwable refusal = catchThrowable(() -> clusters.client(CLUSTER));

        // then
        assertThat(Failures.typeOf(refusal)).contains(FailureType.FORBIDDEN);
        assertThat(Failures.problemOf(refusal).code()).isEqualTo(ErrorCode.CLUSTER_UID_MISMATCH);
        assertThat(Failures.problemOf(refusal).detail()).contains("west", UID, OTHER);
        assertThat(apiServer.changes()).isEmpty();
    }

    @Test
    void shouldLookAgainUntilItIsTheCluster() {
        // given
        show(OTHER);
        assertThat(catchThrowable(() -> clusters.client(CLUSTER))).isNotNull();
        show(UID);

        // when
        clusters.client(CLUSTER);

        // then
        assertThat(clusters.client(CLUSTER)).isSameAs(apiServer.client(CLUSTER));
    }

    @Test
    void shouldTakeAClusterThatNobodyDescribedForWhatItIsCalled() {
        // given
        show(OTHER);
        ClusterName undescribed = new ClusterName("east");

        // when
        var client = clusters.client(undescribed);

        // then
        assertThat(client).isSameAs(apiServer.client(undescribed));
    }
}
