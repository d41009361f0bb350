package io.nodejoin.activities.kubernetes.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.nodejoin.activities.TranslatedActivities;
import io.nodejoin.activities.kubernetes.ServerClocks;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.ResetMarker;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is kept of nodes in a cluster where others write beside us. */
class NodeStoresTest {
    private static final NodeRef REF = new NodeRef(new ClusterName("prod"), new NodeName("w1"));
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final Instant UNTIL = Instant.parse("2027-11-25T10:00:00Z");
    private static final NameQuarantine HOLD = new NameQuarantine(REF, JOIN, "machine-1", UNTIL);
    private static final ResetMarker MARK = new ResetMarker(REF, JOIN);
    private static final String CREATION = "/api/v1/namespaces/nodejoin-system/configmaps";
    private static final String ENTRIES = CREATION + "/";

    private final StubApiServer server = new StubApiServer("");
    private final KubernetesNodeActivities adapter =
            new KubernetesNodeActivities(server, _ -> {}, ServerClocks.of(server));
    private final NodeWatcher nodeWatcher =
            new NodeWatcher(REF.cluster(), server, adapter, _ -> Map.of(), Set::of, _ -> {}, _ -> {});
    private final TranslatedActivities translated = new TranslatedActivities();
    private final NodeActivities nodes = translated.stub(NodeActivities.class);

    @BeforeEach
    void register() {
        translated.register(adapter);
    }

    @AfterEach
    void close() {
        translated.close();
        adapter.close();
        server.close();
    }

    @Test
    void shouldRenewAHoldWithoutTakingItAwayMeanwhile() {
        // given
        showHold(UNTIL);
        // when
        nodes.quarantineName(new NameQuarantine(REF, JOIN, "machine-1", UNTIL.plusSeconds(60)));
        // then
        assertThat(server.changes()).containsExactly("PUT " + ENTRIES + "quarantine-w1");
    }

    @Test
    void shouldReadAHoldAgainThatAnotherWriterChangesInTheSameMoment() {
        // given
        showHold(UNTIL);
        server.answerChanges(409);
        // when
        Throwable thrown = catchThrowable(
                () -> nodes.quarantineName(new NameQuarantine(REF, JOIN, "machine-1", UNTIL.plusSeconds(60))));
        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.CONFLICT);
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.OBJECT_CONFLICT);
    }

    @Test
    void shouldBeContentWithTheSameHoldOfAnotherGarbageCollector() {
        // given
        showHold(UNTIL);
        server.answerChanges(409);
        NameQuarantine renewed = new NameQuarantine(REF, JOIN, "machine-1", UNTIL.plusSeconds(60));
        // when
        new KubernetesNodeActivities(server, _ -> showHold(renewed.until()), ServerClocks.of(server))
                .quarantineName(renewed, _ -> {});
        // then
        assertThat(server.changes()).containsExactly("PUT " + ENTRIES + "quarantine-w1");
    }

    @Test
    void shouldEndNoHoldThatWasRenewed() {
        // given
        showHold(UNTIL.plusSeconds(60));
        // when
        nodeWatcher.releaseQuarantine(HOLD);
        // then
        assertThat(server.changes()).isEmpty();
    }

    @Test
    void shouldMarkTheHoldThatWasReadAsEndedBeforeItIsDeleted() {
        // given
        showHold(UNTIL);
        // when
        nodeWatcher.releaseQuarantine(HOLD);
        // then
        assertThat(server.changes())
                .containsExactly("PUT " + ENTRIES + "quarantine-w1", "DELETE " + ENTRIES + "quarantine-w1");
    }

    @Test
    void shouldMarkANoteOnce() {
        // given
        show("joined-w1", "{\"nodeUid\": \"uid-1\"}");
        nodes.markReset(MARK);
        show("joined-w1", "{\"nodeUid\": \"uid-1\", \"resetBy\": \"" + JOIN + "\"}");
        // when
        nodes.markReset(MARK);
        // then
        assertThat(server.changes()).containsExactly("PUT " + ENTRIES + "joined-w1");
    }

    @Test
    void shouldNotTakeANoteThatAnotherWriterChangesForANameInUse() {
        // given
        show("joined-w1", "{\"nodeUid\": \"uid-1\"}");
        server.answerChanges(409);
        // when
        Throwable thrown = catchThrowable(() -> nodes.markReset(MARK));
        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.CONFLICT);
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.OBJECT_CONFLICT);
    }

    @Test
    void shouldRecordANewNodeByOneRequest() {
        // when
        nodes.recordJoined(joined("uid-1"));
        // then
        assertThat(server.changes()).containsExactly("POST " + CREATION);
    }

    @Test
    void shouldReplaceTheRecordOfAnEarlierNode() {
        // given
        server.refuse(CREATION, 409, "{}");
        show("joined-w1", "{\"nodeUid\": \"uid-1\"}");
        // when
        nodes.recordJoined(joined("uid-2"));
        // then
        assertThat(server.changes()).containsExactly("POST " + CREATION, "PUT " + ENTRIES + "joined-w1");
    }

    @Test
    void shouldLeaveARecordAloneThatIsTheSame() {
        // given
        server.refuse(CREATION, 409, "{}");
        show("joined-w1", """
                {"nodeUid": "uid-1", "joinId": "%s", "enrollment": "digest", "publicKey": "key", "machineId": "machine"}
                """.formatted(JOIN));
        // when
        nodes.recordJoined(joined("uid-1"));
        // then
        assertThat(server.changes()).containsExactly("POST " + CREATION);
    }

    private static JoinedNode joined(String uid) {
        return new JoinedNode(new NodeIdentity(REF, uid), JOIN, "digest", "key", "machine", null, null);
    }

    @Test
    void shouldHaveNothingToMarkWhereNothingIsNoted() {
        // when
        nodes.markReset(MARK);
        // then
        assertThat(server.changes()).isEmpty();
    }

    private void showHold(Instant until) {
        show("quarantine-w1", """
                {"joinId": "%s", "machineId": "machine-1", "until": "%s"}
                """.formatted(JOIN, until));
    }

    private void show(String name, String data) {
        server.show(ENTRIES + name, """
                {"kind": "ConfigMap", "apiVersion": "v1", "data": %s,
                 "metadata": {"namespace": "nodejoin-system", "name": "%s", "uid": "uid", "resourceVersion": "7"}}
                """.formatted(data, name));
    }
}
