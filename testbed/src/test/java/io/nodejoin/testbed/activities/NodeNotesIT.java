package io.nodejoin.testbed.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.nodejoin.activities.kubernetes.store.NodeNotes;
import io.nodejoin.activities.kubernetes.OwnObjects;
import io.nodejoin.activities.kubernetes.node.KubernetesNodeActivities;
import io.nodejoin.activities.kubernetes.node.NodeRegister;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NameOrder;
import io.nodejoin.workflows.node.NameState;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.InstanceOfAssertFactory;
import org.assertj.core.api.ObjectAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What is kept of nodes, where somebody else writes between reading and writing. */
@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class NodeNotesIT {
    private static final InstanceOfAssertFactory<NameState.Free, ObjectAssert<NameState.Free>> FREE =
            InstanceOfAssertFactories.type(NameState.Free.class);
    private static final String MACHINE = "0123456789abcdef0123456789abcdef";

    private final LiveCluster cluster;
    private final NodeRef ref = new NodeRef(LiveCluster.NAME, new Joiner().node);
    private final JoinId joinId = JoinId.of("test", ref.node().value());
    private final Instant tomorrow = Instant.now().plus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
    private final NodeNotes notes;
    private final NodeRegister register;
    private final KubernetesNodeActivities adapter;
    private final ActivityHarness harness;
    private final NodeActivities nodes;
    private Runnable meanwhile = () -> {};

    NodeNotesIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.notes = new NodeNotes(cluster.clients().client(LiveCluster.NAME), "held-", "held-names");
        this.register = new NodeRegister(cluster.clients(), LiveCluster.NAME, _ -> {}, _ -> {});
        this.adapter = new KubernetesNodeActivities(cluster.clients(), _ -> meanwhile.run());
        this.harness = new ActivityHarness(adapter);
        this.nodes = harness.stub(NodeActivities.class);
    }

    @AfterEach
    void close() {
        entry("held-").delete();
        entry("joined-").delete();
        harness.close();
        adapter.close();
    }

    @Test
    void shouldLeaveANoteThatWasChangedSinceItWasRead() {
        // given
        notes.enter(ref.node(), Map.of("until", tomorrow.toString()));
        NodeNotes.Note read = notes.of(ref.node()).orElseThrow();
        prolong(tomorrow.plusSeconds(60));

        // when
        boolean replaced = notes.replace(read, read.data());
        boolean struck = notes.strike(read);

        // then
        assertThat(replaced).isFalse();
        assertThat(struck).isFalse();
        assertThat(entry("held-").get().getData())
                .containsValue(tomorrow.plusSeconds(60).toString());
    }

    @Test
    void shouldLeaveTheNoteThatCameInThePlaceOfTheOneThatWasRead() {
        // given
        notes.enter(ref.node(), Map.of("until", tomorrow.toString()));
        NodeNotes.Note read = notes.of(ref.node()).orElseThrow();
        entry("held-").delete();
        boolean absent = notes.strike(read);
        notes.enter(ref.node(), Map.of("until", tomorrow.toString()));

        // when
        boolean struck = notes.strike(read);

        // then
        assertThat(absent).isTrue();
        assertThat(struck).isFalse();
        assertThat(entry("held-").get()).isNotNull();
    }

    @Test
    void shouldHoldANameBackAsLongAndAsStrictlyAsAnyHoldOfItAsks() {
        // given
        NameHold first = hold(tomorrow);

        // when
        nodes.hold(first);
        nodes.hold(first);
        NameState held = nodes.inspect(asked());
        nodes.hold(new NameHold(ref, joinId, null, tomorrow.minusSeconds(60)));
        NameState forNobody = nodes.inspect(asked());

        // then
        assertThat(held).asInstanceOf(FREE).extracting(NameState.Free::hold).isEqualTo(first);
        assertThat(forNobody)
                .asInstanceOf(FREE)
                .extracting(NameState.Free::hold)
                .isEqualTo(new NameHold(ref, joinId, null, tomorrow));
    }

    @Test
    void shouldFreeANameWhoseHoldIsOver() {
        // given
        nodes.hold(hold(Instant.now().minusSeconds(1)));

        // when
        NameState state = nodes.inspect(asked());

        // then
        assertThat(state).asInstanceOf(FREE).extracting(NameState.Free::hold).isNull();
    }

    @Test
    void shouldKeepANameFromEverybodyWhoseHoldCannotBeRead() {
        // given
        nodes.hold(hold(Instant.now()));
        entry("held-")
                .edit(entry ->
                        new ConfigMapBuilder(entry).addToData("until", "soon").build());

        // when
        Throwable thrown = catchThrowable(() -> nodes.inspect(asked()));

        // then
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.NODE_QUARANTINED);
    }

    @Test
    void shouldKeepTheLaterEndOfAHoldThatComesInTheSameMoment() {
        // given
        nodes.hold(hold(tomorrow));
        meanwhile = () -> prolong(tomorrow.plusSeconds(120));

        // when
        Throwable first = catchThrowable(() -> nodes.hold(hold(tomorrow.plusSeconds(60))));
        meanwhile = () -> {};
        nodes.hold(hold(tomorrow.plusSeconds(60)));

        // then
        assertThat(Failures.typeOf(first)).contains(FailureType.CONFLICT);
        assertThat(register.held()).contains(hold(tomorrow.plusSeconds(120)));
    }

    @Test
    void shouldEndTheHoldThatWasReadAndNoRenewedOne() {
        // given
        nodes.hold(hold(tomorrow));
        nodes.hold(hold(tomorrow.plusSeconds(60)));

        // when
        register.release(hold(tomorrow));
        boolean kept = register.held().contains(hold(tomorrow.plusSeconds(60)));
        register.release(hold(tomorrow.plusSeconds(60)));

        // then
        assertThat(kept).isTrue();
        assertThat(entry("held-").get()).isNull();
    }

    @Test
    void shouldForgetTheNodeThatIsGoneAndNoneThatWasJoinedInItsPlace() {
        // given
        nodes.remember(joined("uid-1"));

        // when
        register.forget(new NodeIdentity(ref, "uid-0"));
        boolean kept = register.joined(ref).isPresent();
        register.forget(new NodeIdentity(ref, "uid-1"));

        // then
        assertThat(kept).isTrue();
        assertThat(register.joined(ref)).isEmpty();
    }

    @Test
    void shouldTellTheMachineThatAJoinBroughtToReadyWithoutItsNode() {
        // when
        nodes.remember(joined("uid-1"));

        // then
        assertThat(adapter.machine(ref, joinId)).contains(MACHINE);
        assertThat(adapter.machine(ref, JoinId.of("test", "other"))).isEmpty();
    }

    private void prolong(Instant until) {
        entry("held-")
                .edit(held -> new ConfigMapBuilder(held)
                        .addToData("until", until.toString())
                        .build());
    }

    private NameOrder asked() {
        return new NameOrder(ref, "0f".repeat(32), null, Map.of(), List.of());
    }

    private NameHold hold(Instant until) {
        return new NameHold(ref, joinId, MACHINE, until);
    }

    private JoinedNode joined(String uid) {
        return new JoinedNode(new NodeIdentity(ref, uid), joinId, "0f".repeat(32), "key", MACHINE, null, null);
    }

    private Resource<ConfigMap> entry(String prefix) {
        return cluster.admin().configMaps().inNamespace(OwnObjects.NAMESPACE).withName(prefix + ref.node());
    }
}
