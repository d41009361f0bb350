package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.activities.kubernetes.drain.KubernetesDrainActivities;
import io.nodejoin.activities.kubernetes.node.KubernetesNodeActivities;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.workflows.drain.CordonRequest;
import io.nodejoin.workflows.drain.DrainActivities;
import io.nodejoin.workflows.drain.DrainRequest;
import io.nodejoin.workflows.drain.DrainResult;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeOwnership;
import io.nodejoin.workflows.node.NodeRef;
import io.temporal.failure.ActivityFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The service's own account against the real eviction API and the real disruption controller. */
@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class DrainActivitiesIT {
    private static final JoinId LEAVE = JoinId.of("it", "leave");
    private static final Duration SOON = Duration.ofSeconds(30);

    private final LiveCluster cluster;
    private final ActivityHarness harness;
    private final KubernetesDrainActivities adapter;
    private final KubernetesNodeActivities nodeAdapter;
    private final DrainActivities drains;
    private final NodeActivities nodes;
    private final NodeRef ref = new NodeRef(LiveCluster.NAME, new Joiner().node);
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private Node node = new Node();

    DrainActivitiesIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.adapter = new KubernetesDrainActivities(
                cluster.clients(),
                _ -> {},
                time -> LockSupport.parkNanos(time.toNanos()),
                ServerClocks.of(cluster.clients()));
        this.nodeAdapter = new KubernetesNodeActivities(cluster.clients(), _ -> {}, ServerClocks.of(cluster.clients()));
        this.harness = new ActivityHarness(adapter, nodeAdapter);
        this.drains = harness.stub(DrainActivities.class);
        this.nodes = harness.stub(NodeActivities.class);
    }

    @BeforeEach
    void createNode() {
        node = cluster.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(ref.name().value())
                        .addToAnnotations("nodejoin.io/join-id", LEAVE.value())
                        .endMetadata()
                        .build())
                .create();
    }

    @AfterEach
    void close() {
        workers.close();
        var pods = cluster.admin()
                .pods()
                .inNamespace("default")
                .withLabel("app", ref.name().value());
        pods.list()
                .getItems()
                .forEach(pod -> cluster.admin().resource(pod).withGracePeriod(0).delete());
        cluster.admin()
                .policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace("default")
                .withName(ref.name().value())
                .delete();
        cluster.admin().resource(node).delete();
        cluster.admin()
                .configMaps()
                .inNamespace("nodejoin-system")
                .withName("joined-" + ref.name())
                .delete();
        harness.close();
        nodeAdapter.close();
    }

    @Test
    void shouldTellTheDrainInTheConditionsOfKubernetesAndLeaveTheOthers() {
        // given
        cluster.admin()
                .nodes()
                .withName(ref.name().value())
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\": {\"conditions\": [{\"type\": \"Ready\", \"status\": \"True\", \"reason\": \"R\"}]}}");

        drains.cordon(cordon(identity().uid(), true));

        // when
        DrainResult result =
                drains.evict(new DrainRequest(identity(), Instant.now().plus(SOON), null));
        Map<String, String> drained = conditions();
        uncordon(identity().uid());

        // then
        assertThat(result).isEqualTo(new DrainResult.Drained());
        assertThat(drained)
                .isEqualTo(Map.of(
                        "Ready", "True R", "DrainInProgress", "False LeaveDrained", "Drained", "True LeaveDrained"));
        assertThat(conditions())
                .isEqualTo(Map.of(
                        "Ready", "True R", "DrainInProgress", "False LeaveAborted", "Drained", "False LeaveAborted"));
    }

    private Map<String, String> conditions() {
        return cluster.admin().nodes().withName(ref.name().value()).require().getStatus().getConditions().stream()
                .collect(Collectors.toMap(
                        NodeCondition::getType, condition -> condition.getStatus() + " " + condition.getReason()));
    }

    @Test
    void shouldCordonTheNodeOfThisUidAndNoOther() {
        // when
        drains.cordon(cordon("another-uid", true));
        boolean other = unschedulable();
        drains.cordon(cordon(identity().uid(), true));
        drains.cordon(cordon(identity().uid(), true));
        boolean cordoned = unschedulable();
        uncordon(identity().uid());
        uncordon(identity().uid());

        // then
        assertThat(other).isFalse();
        assertThat(cordoned).isTrue();
        assertThat(unschedulable()).isFalse();
        assertThat(annotations()).containsOnlyKeys("nodejoin.io/join-id");
    }

    @Test
    void shouldKnowTheCordonOfALeaveFromOneOfSomebodyElse() {
        // given
        NodeIdentity ours = identity();
        nodes.recordJoined(new JoinedNode(ours, LEAVE, "0f".repeat(32), "key", "machine", null, null));

        // when
        drains.cordon(cordon(ours.uid(), true));
        NodeOwnership ofLeave = nodes.findOwner(ref);
        uncordon(ours.uid());
        cluster.admin()
                .nodes()
                .withName(ref.name().value())
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"unschedulable\":true}}");
        NodeOwnership ofSomebody = nodes.findOwner(ref);

        // then
        assertThat(ofLeave)
                .isInstanceOfSatisfying(
                        NodeOwnership.Managed.class,
                        owner -> assertThat(owner.cordoned()).isFalse());
        assertThat(ofSomebody)
                .isInstanceOfSatisfying(
                        NodeOwnership.Managed.class,
                        owner -> assertThat(owner.cordoned()).isTrue());
    }

    @Test
    void shouldLiftTheCordonOfThisLeaveAndOfNoOther() {
        // given
        drains.cordon(cordon(identity().uid(), true));

        // when
        drains.cordon(new CordonRequest(identity(), false, JoinId.of("it", "another")));
        boolean byAnother = unschedulable();
        uncordon(identity().uid());
        uncordon(identity().uid());

        // then
        assertThat(byAnother).isTrue();
        assertThat(unschedulable()).isFalse();
        assertThat(annotations()).containsOnlyKeys("nodejoin.io/join-id");
    }

    @Test
    void shouldWaitForTheBudgetAndThenEvict() {
        // given
        Pod pod = run(bind(plain -> plain));
        PodDisruptionBudget budget = protect();

        // when
        CompletableFuture<DrainResult> drain = CompletableFuture.supplyAsync(
                () -> drains.evict(new DrainRequest(identity(), Instant.now().plusSeconds(50), 0)), workers);
        await().during(Duration.ofSeconds(6)).atMost(SOON).until(() -> !drain.isDone() && exists(pod));
        cluster.admin().resource(budget).delete();

        // then
        assertThat(drain.join()).isEqualTo(new DrainResult.Drained());
        assertThat(exists(pod)).isFalse();
    }

    @Test
    void shouldNameThePodsAndTheBudgetThatBlockAtTheDeadline() {
        // given
        Pod pod = run(bind(plain -> plain));
        protect();

        // when
        DrainResult result =
                drains.evict(new DrainRequest(identity(), Instant.now().plusSeconds(3), 0));

        // then
        assertThat(result)
                .isInstanceOfSatisfying(
                        DrainResult.Blocked.class,
                        blocked -> assertThat(blocked.pods())
                                .singleElement()
                                .asString()
                                .startsWith("default/" + pod.getMetadata().getName())
                                .contains("disruption budget"));
        assertThat(exists(pod)).isTrue();
    }

    @Test
    void shouldLeaveMirrorPodsAndThoseOfDaemonSets() {
        // given
        Pod daemon = bind(pod -> pod.editMetadata()
                .addNewOwnerReference()
                .withApiVersion("apps/v1")
                .withKind("DaemonSet")
                .withName("agents")
                .withUid(node.getMetadata().getUid())
                .withController(true)
                .endOwnerReference()
                .endMetadata());
        Pod plain = bind(pod -> pod);

        // when
        DrainResult result =
                drains.evict(new DrainRequest(identity(), Instant.now().plusSeconds(30), 0));

        // then
        assertThat(result).isEqualTo(new DrainResult.Drained());
        assertThat(exists(plain)).isFalse();
        assertThat(daemon.getMetadata().getName()).isNotEmpty();
    }

    private NodeIdentity identity() {
        return new NodeIdentity(ref, node.getMetadata().getUid());
    }

    /** Temporal repeats the activity: Kubernetes taints a Node that is cordoned, and a write in the same moment is not overwritten. */
    private void uncordon(String uid) {
        await("uncordoned").atMost(SOON).ignoreException(ActivityFailure.class).until(() -> {
            drains.cordon(cordon(uid, false));
            return true;
        });
    }

    private CordonRequest cordon(String uid, boolean cordoned) {
        return new CordonRequest(new NodeIdentity(ref, uid), cordoned, LEAVE);
    }

    private Map<String, String> annotations() {
        return cluster.admin().resource(node).get().getMetadata().getAnnotations().entrySet().stream()
                .filter(annotation -> annotation.getKey().startsWith("nodejoin.io/"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private boolean unschedulable() {
        Node now = cluster.admin().resource(node).get();
        return now.getSpec() != null && Boolean.TRUE.equals(now.getSpec().getUnschedulable());
    }

    private boolean exists(Pod pod) {
        return cluster.admin().resource(pod).get() != null;
    }

    private Pod bind(UnaryOperator<PodBuilder> change) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withGenerateName("drain-")
                .withNamespace("default")
                .addToLabels("app", ref.name().value())
                .endMetadata()
                .withNewSpec()
                .withNodeName(ref.name().value())
                .addNewContainer()
                .withName("c")
                .withImage("none")
                .endContainer()
                .endSpec();
        return cluster.admin().resource(change.apply(pod).build()).create();
    }

    /** A budget protects only pods that run and are ready. */
    private Pod run(Pod pod) {
        cluster.admin()
                .pods()
                .inNamespace("default")
                .withName(pod.getMetadata().getName())
                .subresource("status")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), """
                        {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}
                        """);
        return pod;
    }

    private PodDisruptionBudget protect() {
        PodDisruptionBudget budget = cluster.admin()
                .resource(new PodDisruptionBudgetBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName(ref.name().value())
                        .endMetadata()
                        .withNewSpec()
                        .withNewMinAvailable(1)
                        .withNewSelector()
                        .withMatchLabels(Map.of("app", ref.name().value()))
                        .endSelector()
                        .endSpec()
                        .build())
                .create();
        await("budget seen by its controller").atMost(SOON).until(() -> {
            PodDisruptionBudget now = cluster.admin().resource(budget).get();
            return now.getStatus() != null
                    && now.getStatus().getCurrentHealthy() != null
                    && now.getStatus().getCurrentHealthy() == 1;
        });
        return budget;
    }
}
