package io.nodejoin.activities.kubernetes.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.NoTokenArtifacts;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.token.TokenRef;
import java.net.HttpURLConnection;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KubernetesTokenActivitiesTest {
    private static final TokenLedger.Entry ENTRY = new TokenLedger.Entry(
            new TokenRef(new ClusterName("c"), JoinId.of("s", "i"), new TokenId("abc123")),
            new NodeName("worker-1"),
            "machine-1",
            1,
            null,
            Instant.EPOCH,
            new WorkflowRun("default", "run"),
            "uid-e");

    private final StubApiServer server = new StubApiServer("");
    private final KubernetesTokenActivities tokens = NoTokenArtifacts.activities(server);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldLeaveItToTheBoundaryWhenToBelieveThatATokenMayNotBeDeleted() {
        // given
        server.show(
                "/api/v1/namespaces/nodejoin-system/configmaps/token-abc123",
                "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"token-abc123\","
                        + "\"namespace\":\"nodejoin-system\",\"uid\":\"uid-e\"}}");
        server.answerChanges(HttpURLConnection.HTTP_FORBIDDEN);

        // when
        Throwable thrown = catchThrowable(() -> tokens.revoke(ENTRY));

        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.FORBIDDEN);
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.CLUSTER_AUTH_FAILED);
        assertThat(Failures.problemOf(thrown).detail()).contains("bootstrap-token-abc123");
    }
}
