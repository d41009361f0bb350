package io.nodejoin.activities.kubernetes.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.nodejoin.activities.TranslatedActivities;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ServerClocks;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.drain.CordonRequest;
import io.nodejoin.workflows.drain.DrainActivities;
import io.nodejoin.workflows.drain.DrainRequest;
import io.nodejoin.workflows.drain.DrainResult;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KubernetesDrainActivitiesTest {
    private static final NodeIdentity NODE =
            new NodeIdentity(new NodeRef(new ClusterName("prod"), new NodeName("worker-a")), "uid");
    private static final JoinId LEAVE = JoinId.of("test", "leave");
    private static final String NODE_OBJECT = "/api/v1/nodes/worker-a";
    private static final String PODS = "/api/v1/pods";
    private static final String EVICTION = "/api/v1/namespaces/ending/pods/first/eviction";
    private static final String NEXT_EVICTION = "/api/v1/namespaces/default/pods/second/eviction";

    private final StubApiServer server = new StubApiServer("");
    private final TranslatedActivities translated = new TranslatedActivities();
    private final Queue<Duration> pauses = new ConcurrentLinkedQueue<>();
    private final DrainActivities drains = translated.stub(DrainActivities.class);

    @BeforeEach
    void showANodeWithTwoPods() {
        translated.register(new KubernetesDrainActivities(
                server, this::removePodsWithTheSecondEviction, pauses::add, ServerClocks.of(server)));
        server.show(
                NODE_OBJECT, "{\"kind\": \"Node\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"worker-a\"}}");
        server.show(PODS, """
                {"kind": "PodList", "apiVersion": "v1", "items": [
                  {"metadata": {"namespace": "ending", "name": "first", "uid": "1"}},
                  {"metadata": {"namespace": "default", "name": "second", "uid": "2"}}]}
                """);
    }

    @AfterEach
    void close() {
        translated.close();
        server.close();
    }

    @Test
    void shouldAskThePodsBehindOneWhoseNamespaceEnds() {
        // given
        server.refuse(EVICTION, 403, forbidden("NamespaceTerminating"));
        // when
        DrainResult result = drains.evict(order());
        // then
        assertThat(result).isEqualTo(new DrainResult.Drained());
        assertThat(server.changes()).containsExactly("POST " + EVICTION, "POST " + NEXT_EVICTION);
        assertThat(pauses).containsExactly(Duration.ofSeconds(1));
    }

    @Test
    void shouldEndOnceTheServiceMayNotEvict() {
        // given
        server.refuse(EVICTION, 403, forbidden("NoSuchRight"));
        // when
        Throwable thrown = catchThrowable(() -> drains.evict(order()));
        // then
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.CLUSTER_AUTH_FAILED);
        assertThat(server.changes()).containsExactly("POST " + EVICTION);
    }

    @Test
    void shouldCordonANodeAgainThatOthersChangedInTheSameMoment() {
        // given
        server.refuse(NODE_OBJECT, 409, status("Conflict", 409));
        // when
        Throwable thrown = catchThrowable(() -> drains.cordon(new CordonRequest(NODE, true, LEAVE)));
        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.CONFLICT);
    }

    @Test
    void shouldHaveNothingToCordonOnceTheNodeIsGone() {
        // given
        server.refuse(NODE_OBJECT, 404, status("NotFound", 404));
        // when
        drains.cordon(new CordonRequest(NODE, true, LEAVE));
        // then
        assertThat(server.changes()).containsExactly("PATCH " + NODE_OBJECT);
    }

    @Test
    void shouldHaveNothingToCordonOnceTheNodeIsMadeAnew() {
        // given
        server.refuse(NODE_OBJECT, 422, """
                {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Invalid", "code": 422,
                 "details": {"causes": [{"reason": "FieldValueInvalid", "field": "metadata.uid"}]}}
                """);
        // when
        drains.cordon(new CordonRequest(NODE, true, LEAVE));
        // then
        assertThat(server.changes()).containsExactly("PATCH " + NODE_OBJECT);
    }

    @Test
    void shouldBeContentWithANodeWhoseCordonIsLiftedInTheSameMoment() {
        // given
        showCordonedBy(LEAVE);
        server.refuse(NODE_OBJECT, 409, status("Conflict", 409));
        // when
        uncordon(_ -> showCordonedBy(JoinId.of("test", "other")));
        // then
        assertThat(server.changes()).containsExactly("PATCH " + NODE_OBJECT);
    }

    @Test
    void shouldUncordonANodeAgainThatOthersChangedInTheSameMoment() {
        // given
        showCordonedBy(LEAVE);
        server.refuse(NODE_OBJECT, 409, status("Conflict", 409));
        // when
        Throwable thrown = catchThrowable(() -> uncordon(_ -> {}));
        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.CONFLICT);
    }

    @Test
    void shouldLeaveTheCordonOfAnotherLeave() {
        // given
        showCordonedBy(JoinId.of("test", "other"));
        // when
        uncordon(_ -> {});
        // then
        assertThat(server.changes()).isEmpty();
    }

    private void uncordon(AuditLog audit) {
        try (TranslatedActivities own = new TranslatedActivities()) {
            own.register(new KubernetesDrainActivities(server, audit, pauses::add, ServerClocks.of(server)));
            own.stub(DrainActivities.class).cordon(new CordonRequest(NODE, false, LEAVE));
        }
    }

    private void showCordonedBy(JoinId leave) {
        server.show(NODE_OBJECT, """
                {"kind": "Node", "apiVersion": "v1", "metadata": {"name": "worker-a", "uid": "uid", "resourceVersion": "7",
                 "annotations": {"nodejoin.io/cordoned-by": "%s"}}, "spec": {"unschedulable": true}}
                """.formatted(leave));
    }

    private void removePodsWithTheSecondEviction(AuditEntry entry) {
        if ("default/second".equals(entry.results().get("pod"))) {
            server.show(PODS, "{\"kind\": \"PodList\", \"apiVersion\": \"v1\", \"items\": []}");
        }
    }

    private static DrainRequest order() {
        return new DrainRequest(NODE, Instant.now().plusSeconds(60), null);
    }

    private static String status(String reason, int code) {
        return """
                {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "%s", "code": %d}
                """.formatted(reason, code);
    }

    private static String forbidden(String cause) {
        return """
                {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403,
                 "message": "pods is forbidden", "details": {"causes": [{"reason": "%s"}]}}
                """.formatted(cause);
    }
}
