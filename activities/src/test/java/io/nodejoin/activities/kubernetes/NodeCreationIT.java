package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.activities.kubernetes.node.JoiningNode;
import io.nodejoin.activities.kubernetes.node.KubernetesNodeActivities;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.Taint.Effect;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NameCheckRequest;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeCreation;
import io.nodejoin.workflows.node.NodeCreationResult;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.node.ReadyRequest;
import io.nodejoin.workflows.node.RegistrationRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Nodes that joins create before their kubelets start, with the rights of the service. */
@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class NodeCreationIT {
    private static final String MACHINE = "0123456789abcdef0123456789abcdef";
    private static final Map<String, String> LABELS = Map.of("example.com/pool", "blue");
    private static final io.nodejoin.protocol.event.Taint WANTED =
            new io.nodejoin.protocol.event.Taint("example.com/dedicated", "gpu", Effect.NoSchedule);

    private final LiveCluster cluster;
    private final KubernetesNodeActivities adapter;
    private final ActivityHarness harness;
    private final NodeActivities nodes;
    private final NodeRef ref = new NodeRef(LiveCluster.NAME, new Joiner().node);
    private final JoinId joinId = JoinId.of("test", ref.name().value());
    private final CreatedNodeRef attempt = new CreatedNodeRef(ref, joinId, 1);

    NodeCreationIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.adapter = new KubernetesNodeActivities(cluster.clients(), _ -> {}, ServerClocks.of(cluster.clients()));
        this.harness = new ActivityHarness(adapter);
        this.nodes = harness.stub(NodeActivities.class);
    }

    @AfterEach
    void close() {
        cluster.admin().nodes().withName(ref.name().value()).delete();
        harness.close();
        adapter.close();
    }

    @Test
    void shouldCreateTheNodeOnceHoweverOftenItIsCalled() {
        // when
        NodeCreationResult first = nodes.create(creation(attempt, LABELS));
        NodeCreationResult again = nodes.create(creation(attempt, LABELS));

        // then
        Node node = node();
        assertThat(first)
                .isEqualTo(again)
                .isEqualTo(new NodeCreationResult.Created(node.getMetadata().getUid()));
        assertThat(node.getMetadata().getLabels()).containsAllEntriesOf(LABELS);
        assertThat(node.getSpec().getProviderID()).isEqualTo("fleet://w1");
        assertThat(taints()).contains("nodejoin.io/joining", "example.com/dedicated");
    }

    @Test
    void shouldReplaceTheNodeOfAnEarlierAttempt() {
        // given
        nodes.create(creation(attempt, LABELS));
        String earlier = uid();

        // when
        Throwable replaced = catchThrowable(() -> nodes.create(creation(secondAttempt(), LABELS)));
        NodeCreationResult created = nodes.create(creation(secondAttempt(), LABELS));

        // then
        assertThat(Failures.problemOf(replaced).code()).isEqualTo(ErrorCode.OBJECT_CONFLICT);
        assertThat(created).isEqualTo(new NodeCreationResult.Created(uid()));
        assertThat(uid()).isNotEqualTo(earlier);
    }

    @Test
    void shouldLeaveANodeAloneThatNoJoinHasCreated() {
        // given
        Node foreign = cluster.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(ref.name().value())
                        .endMetadata()
                        .build())
                .create();

        // when
        NodeCreationResult result = nodes.create(creation(attempt, LABELS));
        nodes.deleteCreated(attempt);

        // then
        assertThat(result).isInstanceOf(NodeCreationResult.NameTaken.class);
        assertThat(uid()).isEqualTo(foreign.getMetadata().getUid());
    }

    @Test
    void shouldFailWithoutANodeIfThePolicyRefusesALabel() {
        // when
        Throwable thrown =
                catchThrowable(() -> nodes.create(creation(attempt, Map.of("kubernetes.io/hostname", "other"))));

        // then
        assertThat(Failures.problemOf(thrown).code()).isEqualTo(ErrorCode.LABEL_NOT_ALLOWED);
        assertThat(node()).isNull();
    }

    @Test
    void shouldDeleteTheNodeOfItsOwnAttemptOnly() {
        // given
        nodes.create(creation(attempt, LABELS));

        // when
        nodes.deleteCreated(secondAttempt());
        Node kept = node();
        nodes.deleteCreated(attempt);
        nodes.deleteCreated(attempt);

        // then
        assertThat(kept).isNotNull();
        assertThat(node()).isNull();
    }

    @Test
    void shouldTakeTheNameForFreeForTheJoinThatCreatedTheNode() {
        // given
        nodes.create(creation(attempt, LABELS));

        // then
        assertThat(nodes.checkName(asked(joinId))).isInstanceOf(NameAvailability.Free.class);
        assertThat(nodes.checkName(asked(JoinId.of("test", "another"))))
                .isInstanceOf(NameAvailability.NodeRemaining.class);
    }

    @Test
    void shouldRegisterWithMachineAndLeaseAndTakeTheTaintAway() {
        // given
        nodes.create(creation(attempt, LABELS));
        String uid = uid();
        NodeState silent = nodes.awaitRegistered(registration(uid, Instant.now()));
        report();
        NodeState withoutLease = nodes.awaitRegistered(registration(uid, Instant.now()));
        createLease(uid);

        // when
        NodeState registered =
                nodes.awaitRegistered(registration(uid, Instant.now().plusSeconds(10)));
        NodeState ready = nodes.awaitReady(readyRequest(uid));

        // then
        assertThat(List.of(silent, withoutLease)).allMatch(NodeState.Failed.class::isInstance);
        assertThat(registered).isInstanceOf(NodeState.Registered.class);
        assertThat(ready).isInstanceOf(NodeState.Ready.class);
        assertThat(taints()).contains("example.com/dedicated").doesNotContain("nodejoin.io/joining");
    }

    @Test
    void shouldKnowTheNodeOfAJoinAlsoAfterItsMachineHasRegistered() {
        // given
        nodes.create(creation(attempt, LABELS));
        JoiningNode seen = seenByTheWatch();
        report();
        nodes.awaitReady(readyRequest(uid()));

        // when, then
        assertThat(adapter.isCreatedBy(seen.node(), joinId)).isTrue();
        assertThat(adapter.isCreatedBy(seen.node(), JoinId.of("test", "another")))
                .isFalse();
    }

    private JoiningNode seenByTheWatch() {
        adapter.startWatch(LiveCluster.NAME);
        return await("the watch")
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> adapter.joiningNodes(LiveCluster.NAME).stream()
                                .filter(node -> node.ref().equals(attempt))
                                .toList(),
                        found -> !found.isEmpty())
                .getFirst();
    }

    private static NodeCreation creation(CreatedNodeRef ref, Map<String, String> labels) {
        return new NodeCreation(ref, "fleet://w1", labels, List.of(WANTED));
    }

    private CreatedNodeRef secondAttempt() {
        return new CreatedNodeRef(ref, joinId, 2);
    }

    private NameCheckRequest asked(JoinId join) {
        return new NameCheckRequest(ref, join, "0f".repeat(32), null, Map.of(), List.of());
    }

    private RegistrationRequest registration(String uid, Instant deadline) {
        return new RegistrationRequest(ref, Instant.now().minusSeconds(5), MACHINE, null, uid, null, deadline);
    }

    private ReadyRequest readyRequest(String uid) {
        return new ReadyRequest(
                new NodeIdentity(ref, uid),
                Instant.now(),
                MACHINE,
                null,
                LABELS,
                List.of(WANTED),
                List.of(),
                Instant.now().plusSeconds(20));
    }

    private Node node() {
        return cluster.admin().nodes().withName(ref.name().value()).get();
    }

    private String uid() {
        return node().getMetadata().getUid();
    }

    private List<String> taints() {
        return node().getSpec().getTaints().stream().map(Taint::getKey).toList();
    }

    private void report() {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        cluster.admin()
                .nodes()
                .withName(ref.name().value())
                .subresource("status")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), """
                        {"status": {"nodeInfo": {"machineID": "%s"}, "conditions": [{"type": "Ready", "status": "True",
                         "reason": "Test", "message": "as told", "lastHeartbeatTime": "%s", "lastTransitionTime": "%s"}]}}
                        """.formatted(MACHINE, now, now));
    }

    private void createLease(String owner) {
        cluster.admin()
                .resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withNamespace("kube-node-lease")
                        .withName(ref.name().value())
                        .withOwnerReferences(new OwnerReferenceBuilder()
                                .withApiVersion("v1")
                                .withKind("Node")
                                .withName(ref.name().value())
                                .withUid(owner)
                                .build())
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity(ref.name().value())
                        .withRenewTime(Instant.now().atZone(ZoneOffset.UTC))
                        .endSpec()
                        .build())
                .create();
    }
}
