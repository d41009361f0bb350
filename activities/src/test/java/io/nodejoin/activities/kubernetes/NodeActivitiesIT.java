package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.activities.kubernetes.node.KubernetesNodeActivities;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.Taint.Effect;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.FreeNameRequest;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NameCheckRequest;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeOwnership;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.node.ReadyRequest;
import io.nodejoin.workflows.node.RegistrationRequest;
import io.nodejoin.workflows.node.ResetMarker;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class NodeActivitiesIT {
    private static final String HOST_NAME = "kubernetes.io/hostname";
    private static final String ENROLLMENT = "0f".repeat(32);
    private static final String MACHINE = "0123456789abcdef0123456789abcdef";

    private final LiveCluster cluster;
    private final KubernetesNodeActivities adapter;
    private final ActivityHarness harness;
    private final NodeActivities nodes;
    private final NodeRef ref = new NodeRef(LiveCluster.NAME, new Joiner().node);
    private final JoinId joinId = JoinId.of("test", ref.name().value());
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

    NodeActivitiesIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.adapter = new KubernetesNodeActivities(cluster.clients(), _ -> {}, ServerClocks.of(cluster.clients()));
        this.harness = new ActivityHarness(adapter);
        this.nodes = harness.stub(NodeActivities.class);
    }

    @AfterEach
    void close() {
        workers.close();
        cluster.admin().nodes().withName(ref.name().value()).delete();
        noteOn(ref).delete();
        harness.close();
        adapter.close();
    }

    private Resource<ConfigMap> noteOn(NodeRef noted) {
        return cluster.admin()
                .configMaps()
                .inNamespace(ManagedObjects.NAMESPACE)
                .withName("joined-" + noted.name());
    }

    @Test
    void shouldTellAFreeNameAndTheTimeOfTheServer() {
        // when
        NameAvailability state = nodes.checkName(asked(ENROLLMENT));

        // then
        assertThat(state)
                .isInstanceOfSatisfying(
                        NameAvailability.Free.class,
                        free -> assertThat(free.serverTime())
                                .isBetween(
                                        Instant.now().minusSeconds(10),
                                        Instant.now().plusSeconds(10)));
    }

    @Test
    void shouldTellThatANodeHoldsTheName() {
        // given
        createNode();

        // when
        NameAvailability state = nodes.checkName(asked(ENROLLMENT));

        // then
        assertThat(state).isInstanceOf(NameAvailability.Taken.class);
    }

    @Test
    void shouldTellThatPodsAreBoundToTheName() {
        // given
        Pod pod = bindPod();

        // when
        NameAvailability state = nodes.checkName(asked(ENROLLMENT));

        // then
        cluster.admin().resource(pod).withGracePeriod(0).delete();
        assertThat(state).isInstanceOf(NameAvailability.PodsRemaining.class);
    }

    @Test
    void shouldKnowTheReadyNodeThatAJoinOfThisEnrollmentMadeAndTellNobodyElse() {
        // given
        Node node = createNode();
        report(node, "True");
        renewLease();
        nodes.recordJoined(joined(node.getMetadata().getUid()));
        nodes.recordJoined(joined(node.getMetadata().getUid()));

        // when
        NameAvailability own = nodes.checkName(asked(ENROLLMENT));
        NameAvailability strange = nodes.checkName(asked("aa".repeat(32)));

        // then
        assertThat(own)
                .isEqualTo(new NameAvailability.AlreadyJoined(node.getMetadata().getUid()));
        assertThat(strange).isEqualTo(new NameAvailability.Taken("a Node named " + ref.name() + " exists"));
    }

    @Test
    void shouldNotTakeANodeForTheResultWhoseHostWasResetSinceUntilItIsRememberedAnew() {
        // given
        Node node = createNode();
        report(node, "True");
        renewLease();
        nodes.markReset(new ResetMarker(ref, joinId));
        nodes.recordJoined(joined(node.getMetadata().getUid()));

        // when
        nodes.markReset(new ResetMarker(ref, joinId));
        nodes.markReset(new ResetMarker(ref, joinId));
        NameAvailability reset = nodes.checkName(asked(ENROLLMENT));
        NodeOwnership owner = nodes.findOwner(ref);
        nodes.recordJoined(joined(node.getMetadata().getUid()));
        NameAvailability anew = nodes.checkName(asked(ENROLLMENT));

        // then
        assertThat(reset)
                .isInstanceOfSatisfying(
                        NameAvailability.Taken.class,
                        taken -> assertThat(taken.detail()).contains("has reset its host"));
        assertThat(owner).isInstanceOf(NodeOwnership.Managed.class);
        assertThat(anew).isInstanceOf(NameAvailability.AlreadyJoined.class);
    }

    @Test
    void shouldOverwriteTheNoteOnAnEarlierNodeAndRemoveItWithItsNode() {
        // given
        nodes.recordJoined(joined("the-uid-before"));
        Node node = createNode();
        report(node, "True");
        renewLease();

        // when
        nodes.recordJoined(joined(node.getMetadata().getUid()));
        NameAvailability own = nodes.checkName(asked(ENROLLMENT));
        nodes.delete(new NodeIdentity(ref, node.getMetadata().getUid()));

        // then
        assertThat(own).isInstanceOf(NameAvailability.AlreadyJoined.class);
        assertThat(noteOn(ref).get()).isNull();
    }

    @Test
    void shouldReplaceTheNodeOfTheSameMachineOnceItsPodsAreGone() {
        // given
        Node node = createNode();
        report(node, "Unknown");
        JoinedNode record = joined(node.getMetadata().getUid());
        nodes.recordJoined(record);
        Pod pod = bindPod();
        FreeNameRequest request = new FreeNameRequest(
                ref, record.publicKey(), MACHINE, null, null, Instant.now().plusSeconds(50));

        // when
        CompletableFuture<NameAvailability> state =
                CompletableFuture.supplyAsync(() -> nodes.freeName(request), workers);
        await().until(() -> cluster.admin().resource(node).get() == null);
        boolean waits = !state.isDone();
        cluster.admin().resource(pod).withGracePeriod(0).delete();

        // then
        assertThat(waits).isTrue();
        assertThat(state.join()).isInstanceOf(NameAvailability.Free.class);
        assertThat(nodes.freeName(request)).isInstanceOf(NameAvailability.Free.class);
    }

    @Test
    void shouldNotReplaceTheNodeOfAnotherMachine() {
        // given
        Node node = createNode();
        report(node, "True");
        nodes.recordJoined(joined(node.getMetadata().getUid()));

        // when
        NameAvailability state =
                nodes.freeName(new FreeNameRequest(ref, "key", "another-machine", "another", null, Instant.now()));

        // then
        assertThat(state)
                .isInstanceOfSatisfying(
                        NameAvailability.Taken.class,
                        taken -> assertThat(taken.detail()).contains("of another machine"));
        assertThat(cluster.admin().resource(node).get()).isNotNull();
    }

    @Test
    void shouldRemoveTheNodeOfThisUidAndNoOther() {
        // given
        Node node = createNode();

        // when
        nodes.delete(new NodeIdentity(ref, "another-uid"));
        boolean kept = cluster.admin().resource(node).get() != null;
        nodes.delete(new NodeIdentity(ref, node.getMetadata().getUid()));
        nodes.delete(new NodeIdentity(ref, node.getMetadata().getUid()));

        // then
        assertThat(kept).isTrue();
        assertThat(cluster.admin().resource(node).get()).isNull();
    }

    @Test
    void shouldCountANodeAsRegisteredOnceItsLeaseIsRenewed() {
        // given
        CompletableFuture<NodeState> state = awaitingRegistration();
        Node node = createNode();

        // when
        renewLease();

        // then
        assertThat(state.join()).isEqualTo(registered(node));
    }

    @Test
    void shouldCountANodeAsRegisteredOnceItsKubeletHasReported() {
        // given
        CompletableFuture<NodeState> state = awaitingRegistration();
        Node node = createNode();

        // when
        report(node, "False");

        // then
        assertThat(state.join()).isEqualTo(registered(node));
    }

    @Test
    void shouldNameTheNodeThatDidNotRegisterByTheDeadline() {
        // given
        RegistrationRequest request = registration(Instant.now(), Instant.now());

        // when
        NodeState state = nodes.awaitRegistered(request);

        // then
        assertThat(codeOf(state)).isEqualTo(ErrorCode.NODE_NOT_REGISTERED);
        assertThat(((NodeState.Failed) state).problem().detail())
                .contains(ref.name().value());
    }

    @Test
    void shouldRefuseTheNodeThatWasThereBefore() {
        // given
        createNode();

        // when
        NodeState state = nodes.awaitRegistered(
                registration(Instant.now().plusSeconds(90), Instant.now().plusSeconds(90)));

        // then
        assertThat(codeOf(state)).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
    }

    @Test
    void shouldLabelAndTaintTheNodeAndWaitUntilItIsReady() {
        // given
        Node node = createNode();
        CompletableFuture<NodeState> state = awaitingReady(node.getMetadata().getUid(), MACHINE, 30);

        // when
        report(node, "True");

        // then
        assertThat(state.join()).isInstanceOf(NodeState.Ready.class);
        Node labelled = cluster.admin().resource(node).get();
        assertThat(labelled.getMetadata().getLabels()).containsEntry("example.com/pool", "blue");
        assertThat(labelled.getSpec().getTaints()).extracting(Taint::getKey).contains("example.com/dedicated");
    }

    @Test
    void shouldNameTheLabelThatThePolicyOfTheClusterRefuses() {
        // given
        Node node = createNode();
        ReadyRequest request = readyOrder(
                node.getMetadata().getUid(), MACHINE, Map.of("node-restriction.kubernetes.io/tenant", "a"), 30);

        // when
        Throwable thrown = catchThrowable(() -> nodes.awaitReady(request));

        // then
        assertThat(Failures.problemOf(thrown))
                .returns(ErrorCode.LABEL_NOT_ALLOWED, Problem::code)
                .extracting(Problem::detail, InstanceOfAssertFactories.STRING)
                .contains("may not set the label node-restriction.kubernetes.io/tenant");
    }

    @Test
    void shouldRefuseAnotherMachineUnderTheSameName() {
        // given
        Node node = createNode();
        report(node, "True");

        // when
        NodeState state = awaitingReady(node.getMetadata().getUid(), "another-machine", 30)
                .join();

        // then
        assertThat(codeOf(state)).isEqualTo(ErrorCode.NODE_IDENTITY_MISMATCH);
    }

    @Test
    void shouldRefuseANodeThatWasMadeAnew() {
        // given
        createNode();

        // when
        NodeState state = awaitingReady("the-uid-before", MACHINE, 30).join();

        // then
        assertThat(codeOf(state)).isEqualTo(ErrorCode.NODE_UID_CHANGED);
    }

    @Test
    void shouldNameWhatBlocksReadinessAtTheDeadline() {
        // given
        Node node = createNode();
        report(node, "False");

        // when
        NodeState state = awaitingReady(node.getMetadata().getUid(), MACHINE, 1).join();

        // then
        assertThat(state)
                .isInstanceOfSatisfying(
                        NodeState.Failed.class,
                        refused -> assertThat(refused.problem())
                                .hasToString(
                                        "Problem[code=NODE_NOT_READY, detail=blocked by: Ready=False Test: as told]"));
    }

    @Test
    void shouldWaitForThePodOfADaemonSetWithTheRightsOfTheService() {
        // given
        Node node = createNode();
        report(node, "True");
        String uid = node.getMetadata().getUid();
        DaemonSet present = createDaemonSet();
        String name = present.getMetadata().getName();
        Pod pod = podOf(name);

        // when
        NodeState withoutPod = nodes.awaitReady(gated(uid, "absent", Instant.now()));
        NodeState unready = nodes.awaitReady(gated(uid, name, Instant.now()));
        CompletableFuture<NodeState> waiting = CompletableFuture.supplyAsync(
                () -> nodes.awaitReady(gated(uid, name, Instant.now().plusSeconds(30))), workers);
        reportReady(pod);

        // then
        assertThat(waiting.join()).isInstanceOf(NodeState.Ready.class);
        cluster.admin().resource(present).delete();
        cluster.admin().resource(pod).withGracePeriod(0).delete();
        assertThat(detailOf(withoutPod)).isEqualTo("blocked by: DaemonSet default/absent has no pod on the node");
        assertThat(detailOf(unready))
                .startsWith("blocked by: pod default/" + pod.getMetadata().getName() + " is not Ready");
    }

    private ReadyRequest gated(String uid, String daemonSet, Instant deadline) {
        return new ReadyRequest(
                new NodeIdentity(ref, uid),
                Instant.now(),
                MACHINE,
                null,
                Map.of(),
                List.of(),
                List.of("DaemonSet/default/" + daemonSet),
                deadline);
    }

    private DaemonSet createDaemonSet() {
        Map<String, String> labels = Map.of("daemon", ref.name().value());
        return cluster.admin()
                .resource(new DaemonSetBuilder()
                        .withNewMetadata()
                        .withGenerateName("gate-")
                        .withNamespace("default")
                        .endMetadata()
                        .withNewSpec()
                        .withNewSelector()
                        .withMatchLabels(labels)
                        .endSelector()
                        .withNewTemplate()
                        .withNewMetadata()
                        .withLabels(labels)
                        .endMetadata()
                        .withNewSpec()
                        .withNodeSelector(Map.of(HOST_NAME, ref.name().value()))
                        .addNewToleration()
                        .withOperator("Exists")
                        .endToleration()
                        .addNewContainer()
                        .withName("c")
                        .withImage("none")
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();
    }

    /** The pod that the controllers made and bound. */
    private Pod podOf(String daemonSet) {
        return await("pod of " + daemonSet)
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> cluster.admin()
                                .pods()
                                .inNamespace("default")
                                .withLabel("daemon", ref.name().value())
                                .withField("spec.nodeName", ref.name().value())
                                .list()
                                .getItems(),
                        found -> !found.isEmpty())
                .getFirst();
    }

    private void reportReady(Pod pod) {
        cluster.admin()
                .pods()
                .inNamespace("default")
                .withName(pod.getMetadata().getName())
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.STRATEGIC_MERGE),
                        "{\"status\": {\"conditions\": [{\"type\": \"Ready\", \"status\": \"True\"}]}}");
    }

    private static String detailOf(NodeState state) {
        return ((NodeState.Failed) state).problem().detail();
    }

    private CompletableFuture<NodeState> awaitingRegistration() {
        RegistrationRequest request =
                registration(Instant.now().minusSeconds(1), Instant.now().plusSeconds(30));
        return CompletableFuture.supplyAsync(() -> nodes.awaitRegistered(request), workers);
    }

    private RegistrationRequest registration(Instant approvedAt, Instant deadline) {
        return new RegistrationRequest(ref, approvedAt, MACHINE, null, null, null, deadline);
    }

    private static NodeState registered(Node node) {
        return new NodeState.Registered(
                node.getMetadata().getUid(), Instant.parse(node.getMetadata().getCreationTimestamp()));
    }

    private CompletableFuture<NodeState> awaitingReady(String uid, String machineId, int seconds) {
        ReadyRequest request = readyOrder(uid, machineId, Map.of("example.com/pool", "blue"), seconds);
        return CompletableFuture.supplyAsync(() -> nodes.awaitReady(request), workers);
    }

    private ReadyRequest readyOrder(String uid, String machineId, Map<String, String> labels, int seconds) {
        return new ReadyRequest(
                new NodeIdentity(ref, uid),
                Instant.now(),
                machineId,
                null,
                labels,
                List.of(new io.nodejoin.protocol.event.Taint("example.com/dedicated", "gpu", Effect.NoSchedule)),
                List.of(),
                Instant.now().plus(Duration.ofSeconds(seconds)));
    }

    private Node createNode() {
        return cluster.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(ref.name().value())
                        .withLabels(Map.of(HOST_NAME, ref.name().value()))
                        .endMetadata()
                        .build())
                .create();
    }

    private NameCheckRequest asked(String enrollment) {
        return new NameCheckRequest(ref, JoinId.of("it", ref.name().value()), enrollment, null, Map.of(), List.of());
    }

    private JoinedNode joined(String uid) {
        return new JoinedNode(new NodeIdentity(ref, uid), joinId, ENROLLMENT, "key", MACHINE, null, null);
    }

    private Pod bindPod() {
        return cluster.admin()
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withGenerateName("bound-")
                        .withNamespace("default")
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName(ref.name().value())
                        .addNewContainer()
                        .withName("c")
                        .withImage("none")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }

    private void report(Node node, String ready) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        String status = """
                {"status": {"nodeInfo": {"machineID": "%s"}, "allocatable": {"pods": "9"}, "capacity": {"pods": "9"}, "conditions": [{"type": "Ready", "status": "%s",
                 "reason": "Test", "message": "as told", "lastHeartbeatTime": "%s", "lastTransitionTime": "%s"}]}}
                """.formatted(MACHINE, ready, now, now);
        cluster.admin()
                .nodes()
                .withName(node.getMetadata().getName())
                .subresource("status")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), status);
    }

    private void renewLease() {
        cluster.admin()
                .resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withNamespace("kube-node-lease")
                        .withName(ref.name().value())
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity(ref.name().value())
                        .withRenewTime(Instant.now().atZone(ZoneOffset.UTC))
                        .endSpec()
                        .build())
                .create();
    }

    private static ErrorCode codeOf(NodeState state) {
        return ((NodeState.Failed) state).problem().code();
    }
}
