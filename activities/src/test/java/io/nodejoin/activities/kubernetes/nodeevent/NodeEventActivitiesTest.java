package io.nodejoin.activities.kubernetes.nodeevent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nodejoin.activities.kubernetes.EventRecorder;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeEventActivitiesTest {
    private static final ClusterName CLUSTER = new ClusterName("blue");
    private static final NodeName NODE = new NodeName("w1");
    private static final JoinId JOIN = JoinId.of("test", "event-1");
    private static final Instant AT = Instant.parse("2026-11-25T10:00:00Z");
    private static final String EVENTS = "/apis/events.k8s.io/v1/namespaces/default/events";

    private final StubApiServer api = new StubApiServer("");
    private final EventRecorder recorder = new EventRecorder(api, "gateway-1");
    private final NodeEventActivities activities = new NodeEventActivities(_ -> {}, recorder);

    @AfterEach
    void close() {
        recorder.close();
        api.close();
    }

    @Test
    void shouldCreateAnEventForWhatANodesReaderAsks() {
        // when
        publish(phase(Phase.TokenIssued, null), phase(Phase.CertificateIssued, null));

        // then
        await().untilAsserted(() -> assertThat(api.changes()).containsExactly("POST " + EVENTS));
    }

    @Test
    void shouldLeaveOutWhatTheClusterRefuses() {
        // given
        api.answerChanges(403);

        // when
        publish(phase(Phase.CertificateIssued, null));
        publish(phase(Phase.CertificateIssued, null));

        // then
        await().untilAsserted(() -> assertThat(api.changes()).hasSize(2));
    }

    @Test
    void shouldTellNothingThatIsNotPublished() {
        // given
        var unheard = new NodeEventActivities(
                _ -> {
                    throw new IllegalStateException("no broker");
                },
                recorder);

        // then
        assertThatThrownBy(() -> unheard.publish(List.of(outcome(phase(Phase.CertificateIssued, null)))))
                .hasMessage("no broker");
        assertThat(api.changes()).isEmpty();
    }

    @Test
    void shouldWarnOfADeniedCertificateWithCodeAndRemedy() {
        // when
        NodeEvent denied = NodeEvent.of(phase(Phase.Compensating, ErrorCode.CSR_RULE_VIOLATED))
                .orElseThrow();

        // then
        assertThat(denied.warning()).isTrue();
        assertThat(denied.reason()).isEqualTo("CertificateDenied");
        assertThat(denied.note()).startsWith("CSR_RULE_VIOLATED: ").contains("remedy: ");
    }

    @Test
    void shouldTellTheBeginningWithItsJoin() {
        // when
        NodeEvent started =
                NodeEvent.of(new JoinAccepted(CLUSTER, NODE, JOIN, AT, null)).orElseThrow();

        // then
        assertThat(started.warning()).isFalse();
        assertThat(started.reason()).isEqualTo("JoinStarted");
        assertThat(started.note()).contains(JOIN.value());
    }

    private void publish(LifecycleEvent.Outcome... batch) {
        activities.publish(
                Stream.of(batch).map(NodeEventActivitiesTest::outcome).toList());
    }

    private static OutcomeEvent outcome(LifecycleEvent.Outcome event) {
        return new OutcomeEvent("id-1", CLUSTER, NODE.value(), AT, event);
    }

    private static JoinPhaseChanged phase(Phase phase, @Nullable ErrorCode reason) {
        return new JoinPhaseChanged(CLUSTER, NODE, JOIN, phase, AT, reason);
    }
}
