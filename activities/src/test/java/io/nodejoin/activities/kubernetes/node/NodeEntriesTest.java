package io.nodejoin.activities.kubernetes.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.nodejoin.activities.BoundedActivities;
import io.nodejoin.activities.kubernetes.StubApiServer;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.ResetMark;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is kept of nodes in a cluster where others write beside us. */
class NodeEntriesTest {
    private static final NodeRef REF = new NodeRef(new ClusterName("prod"), new NodeName("w1"));
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final Instant UNTIL = Instant.parse("2027-11-25T10:00:00Z");
    private static final NameHold HOLD = new NameHold(REF, JOIN, "machine-1", UNTIL);
    private static final ResetMark MARK = new ResetMark(REF, JOIN);
    private static final String ENTRIES = "/api/v1/namespaces/nodejoin-system/configmaps/";

    private final StubApiServer server = new StubApiServer("");
    private final KubernetesNodeActivities adapter = new KubernetesNodeActivities(server, _ -> {});
    private final NodeRegister register = new NodeRegister(server, REF.cluster(), _ -> {}, _ -> {});
    private final BoundedActivities activities = new BoundedActivities();
    private final NodeActivities nodes = activities.stub(NodeActivities.class);

    @BeforeEach
    void register() {
        activities.register(adapter);
    }

    @AfterEach
    void close() {
        activities.close();
        adapter.close();
        server.close();
    }

    @Test
    void shouldRenewAHoldWithoutTakingItAwayMeanwhile() {
        // given
        showHold(UNTIL);
        // when
        nodes.hold(new NameHold(REF, JOIN, "machine-1", UNTIL.plusSeconds(60)));
        // then
        assertThat(server.changes()).containsExactly("PUT " + ENTRIES + "held-w1");
    }

    @Test
    void shouldReadAHoldAgainThatAnotherWriterChangesInTheSameMoment() {
        // given
        showHold(UNTIL);
        server.answerChanges(409);
        // when
        Throwable thrown =
                catchThrowable(() -> nodes.hold(new NameHold(REF, JOIN, "machine-1", UNTIL.plusSeconds(60))));
        // then
        assertThat(Failures.typeOf(thrown)).contains(FailureType.CONFLICT);
    }

    @Test
    void shouldEndNoHoldThatWasRenewed() {
        // given
        showHold(UNTIL.plusSeconds(60));
        // when
        register.release(HOLD);
        // then
        assertThat(server.changes()).isEmpty();
    }

    @Test
    void shouldEndTheHoldThatWasRead() {
        // given
        showHold(UNTIL);
        // when
        register.release(HOLD);
        // then
        assertThat(server.changes()).containsExactly("DELETE " + ENTRIES + "held-w1");
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
    void shouldHaveNothingToMarkWhereNothingIsNoted() {
        // when
        nodes.markReset(MARK);
        // then
        assertThat(server.changes()).isEmpty();
    }

    private void showHold(Instant until) {
        show("held-w1", """
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
