package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.nodejoin.activities.kubernetes.node.KubernetesNodeActivities;
import io.nodejoin.activities.kubernetes.node.NodeWatcher;
import io.nodejoin.activities.kubernetes.store.ConfigMapStore;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NameCheckRequest;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
class NodeConfigMapStoreIT {
    private static final InstanceOfAssertFactory<NameAvailability.Free, ObjectAssert<NameAvailability.Free>> FREE =
            InstanceOfAssertFactories.type(NameAvailability.Free.class);
    private static final String MACHINE = "0123456789abcdef0123456789abcdef";

    private final LiveCluster cluster;
    private final NodeRef ref = new NodeRef(LiveCluster.NAME, new Joiner().node);
    private final JoinId joinId = JoinId.of("test", ref.name().value());
    private final Instant tomorrow = Instant.now().plus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
    private final ConfigMapStore store;
    private final NodeWatcher nodeWatcher;
    private final KubernetesNodeActivities adapter;
    private final ActivityHarness harness;
    private final NodeActivities nodes;
    private Runnable meanwhile = () -> {};

    NodeConfigMapStoreIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.store =
                ConfigMapStore.ofNodes(cluster.clients().client(LiveCluster.NAME), "quarantine-", "quarantined-names");
        this.adapter = new KubernetesNodeActivities(
                cluster.clients(), _ -> meanwhile.run(), ServerClocks.of(cluster.clients()));
        this.nodeWatcher =
                new NodeWatcher(LiveCluster.NAME, cluster.clients(), adapter, _ -> Map.of(), Set::of, _ -> {}, _ -> {});
        this.harness = new ActivityHarness(adapter);
        this.nodes = harness.stub(NodeActivities.class);
    }

    @AfterEach
    void close() {
        entry("quarantine-").delete();
        entry("joined-").delete();
        harness.close();
        adapter.close();
    }

    @Test
    void shouldLeaveANoteThatWasChangedSinceItWasRead() {
        // given
        store.create(ref.name().value(), Map.of("joinId", joinId.value(), "until", tomorrow.toString()));
        ConfigMapStore.Entry read = store.get(ref.name().value()).orElseThrow();
        prolong(tomorrow.plusSeconds(60));

        // when
        boolean replaced = store.replaceIfUnchanged(read, read.data());
        boolean struck = store.deleteIfUnchanged(read);

        // then
        assertThat(replaced).isFalse();
        assertThat(struck).isFalse();
        assertThat(entry("quarantine-").get().getData())
                .containsValue(tomorrow.plusSeconds(60).toString());
    }

    @Test
    void shouldLeaveTheNoteThatCameInThePlaceOfTheOneThatWasRead() {
        // given
        store.create(ref.name().value(), Map.of("joinId", joinId.value(), "until", tomorrow.toString()));
        ConfigMapStore.Entry read = store.get(ref.name().value()).orElseThrow();
        entry("quarantine-").delete();
        boolean absent = store.deleteIfUnchanged(read);
        store.create(ref.name().value(), Map.of("joinId", joinId.value(), "until", tomorrow.toString()));

        // when
        boolean struck = store.deleteIfUnchanged(read);

        // then
        assertThat(absent).isTrue();
        assertThat(struck).isFalse();
        assertThat(entry("quarantine-").get()).isNotNull();
    }

    @Test
    void shouldHoldANameBackAsLongAndAsStrictlyAsAnyHoldOfItAsks() {
        // given
        NameQuarantine first = hold(tomorrow);

        // when
        nodes.quarantineName(first);
        nodes.quarantineName(first);
        NameAvailability held = nodes.checkName(asked());
        nodes.quarantineName(new NameQuarantine(ref, joinId, null, tomorrow.minusSeconds(60)));
        NameAvailability forNobody = nodes.checkName(asked());

        // then
        assertThat(held)
                .asInstanceOf(FREE)
                .extracting(NameAvailability.Free::quarantine)
                .isEqualTo(first);
        assertThat(forNobody)
                .asInstanceOf(FREE)
                .extracting(NameAvailability.Free::quarantine)
                .isEqualTo(new NameQuarantine(ref, joinId, null, tomorrow));
    }

    @Test
    void shouldFreeANameWhoseHoldIsOver() {
        // given
        nodes.quarantineName(hold(Instant.now().minusSeconds(1)));

        // when
        NameAvailability state = nodes.checkName(asked());

        // then
        assertThat(state)
                .asInstanceOf(FREE)
                .extracting(NameAvailability.Free::quarantine)
                .isNull();
    }

    @Test
    void shouldKeepANameFromEverybodyWhoseHoldCannotBeRead() {
        // given
        nodes.quarantineName(hold(Instant.now()));
        entry("quarantine-")
                .edit(entry ->
                        new ConfigMapBuilder(entry).addToData("until", "soon").build());

        // when
        Throwable thrown = catchThrowable(() -> nodes.checkName(asked()));

        // then
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.NODE_QUARANTINED);
    }

    @Test
    void shouldKeepTheLaterEndOfAHoldThatComesInTheSameMoment() {
        // given
        nodes.quarantineName(hold(tomorrow));
        meanwhile = () -> prolong(tomorrow.plusSeconds(120));

        // when
        Throwable first = catchThrowable(() -> nodes.quarantineName(hold(tomorrow.plusSeconds(60))));
        meanwhile = () -> {};
        nodes.quarantineName(hold(tomorrow.plusSeconds(60)));

        // then
        assertThat(Failures.typeOf(first)).contains(FailureType.CONFLICT);
        assertThat(nodeWatcher.quarantines()).contains(hold(tomorrow.plusSeconds(120)));
    }

    @Test
    void shouldEndTheHoldThatWasReadAndNoRenewedOne() {
        // given
        Instant past = Instant.now().minusSeconds(120).truncatedTo(ChronoUnit.SECONDS);
        nodes.quarantineName(hold(past));
        nodes.quarantineName(hold(past.plusSeconds(60)));

        // when
        nodeWatcher.releaseQuarantine(hold(past));
        boolean kept = nodeWatcher.quarantines().contains(hold(past.plusSeconds(60)));
        nodeWatcher.releaseQuarantine(hold(past.plusSeconds(60)));

        // then
        assertThat(kept).isTrue();
        assertThat(entry("quarantine-").get()).isNull();
    }

    @Test
    void shouldNotEndAHoldBeforeItsTime() {
        // given
        nodes.quarantineName(hold(tomorrow));

        // when
        Throwable refused = catchThrowable(() -> nodeWatcher.releaseQuarantine(hold(tomorrow)));

        // then
        assertThat(refused).hasMessageContaining("may mark a quarantine as ended after its end only");
        assertThat(nodeWatcher.quarantines()).contains(hold(tomorrow));
    }

    @Test
    void shouldHoldANameAgainWhoseEndedHoldIsStillThere() {
        // given
        nodes.quarantineName(hold(Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS)));
        store.mark(store.get(ref.name().value()).orElseThrow(), "ended");

        // when
        nodes.quarantineName(hold(tomorrow));
        Throwable refused = catchThrowable(() -> store.delete(ref.name().value()));

        // then
        assertThat(refused).hasMessageContaining("that is marked as ended only");
        assertThat(nodeWatcher.quarantines()).contains(hold(tomorrow));
    }

    @Test
    void shouldForgetTheNodeThatIsGoneAndNoneThatWasJoinedInItsPlace() {
        // given
        nodes.recordJoined(joined("uid-1"));

        // when
        nodeWatcher.deleteJoinedNode(new NodeIdentity(ref, "uid-0"));
        boolean kept = nodeWatcher.findJoinedUid(ref).isPresent();
        nodeWatcher.deleteJoinedNode(new NodeIdentity(ref, "uid-1"));

        // then
        assertThat(kept).isTrue();
        assertThat(nodeWatcher.findJoinedUid(ref)).isEmpty();
    }

    @Test
    void shouldTellTheMachineThatAJoinBroughtToReadyWithoutItsNode() {
        // when
        nodes.recordJoined(joined("uid-1"));

        // then
        assertThat(adapter.findMachineId(ref, joinId)).contains(MACHINE);
        assertThat(adapter.findMachineId(ref, JoinId.of("test", "other"))).isEmpty();
    }

    private void prolong(Instant until) {
        entry("quarantine-")
                .edit(held -> new ConfigMapBuilder(held)
                        .addToData("until", until.toString())
                        .build());
    }

    private NameCheckRequest asked() {
        return new NameCheckRequest(ref, JoinId.of("it", "check"), "0f".repeat(32), null, Map.of(), List.of());
    }

    private NameQuarantine hold(Instant until) {
        return new NameQuarantine(ref, joinId, MACHINE, until);
    }

    private JoinedNode joined(String uid) {
        return new JoinedNode(new NodeIdentity(ref, uid), joinId, "0f".repeat(32), "key", MACHINE, null, null);
    }

    private Resource<ConfigMap> entry(String prefix) {
        return cluster.admin()
                .configMaps()
                .inNamespace(ManagedObjects.NAMESPACE)
                .withName(prefix + ref.name());
    }
}
