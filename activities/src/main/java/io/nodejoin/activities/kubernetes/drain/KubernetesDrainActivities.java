package io.nodejoin.activities.kubernetes.drain;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.ActingRight;
import io.nodejoin.activities.ActivityLease;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.drain.CordonOrder;
import io.nodejoin.workflows.drain.DrainActivities;
import io.nodejoin.workflows.drain.DrainOrder;
import io.nodejoin.workflows.drain.DrainResult;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Cordons Nodes by UID and evicts their pods. A pod is never deleted: an eviction that a disruption budget refuses (429) is asked for
 * again until the deadline.
 */
public final class KubernetesDrainActivities implements DrainActivities {
    private static final int UNPROCESSABLE = 422;

    private static final int TOO_MANY_REQUESTS = 429;
    /** More than one budget matches the pod: the API server refuses by this. */
    private static final int MISCONFIGURED = 500;
    /** The cause that the API server gives where it takes nothing in any more. */
    private static final String NAMESPACE_ENDING = "NamespaceTerminating";

    private static final Duration LOOK = Duration.ofSeconds(1);
    /** A budget changes when a pod elsewhere has become ready, which takes seconds. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

    private final ClusterClients clients;
    private final AuditLog audit;

    public KubernetesDrainActivities(ClusterClients clients, AuditLog audit) {
        this.clients = clients;
        this.audit = audit;
    }

    @Override
    public void cordon(CordonOrder order) {
        ActivityLease lease = ActivityLease.begin();
        NodeIdentity node = order.node();
        record(lease, node, order.cordoned() ? "node.cordon" : "node.uncordon", Map.of());
        try {
            client(node).nodes().withName(node.node().node().value()).patch(CordonPatch.CONTEXT, CordonPatch.of(order));
        } catch (KubernetesClientException e) {
            if (!isGone(e)) {
                throw e;
            }
        }
    }

    /**
     * Has the scheduler take a node in again, on behalf of the janitor, if it was this leave that cordoned it. What others do to
     * the Node in the same moment is not overwritten: then the API server answers 409.
     */
    public void release(NodeRef ref, JoinId leaveId, ActingRight right) {
        KubernetesClient client = clients.client(ref.cluster());
        Node node = client.nodes().withName(ref.node().value()).get();
        if (node == null || !CordonPatch.isBy(node, leaveId)) {
            return;
        }
        record(right, new NodeIdentity(ref, node.getMetadata().getUid()), "node.uncordon", Map.of());
        client.nodes().withName(ref.node().value()).patch(CordonPatch.CONTEXT, CordonPatch.lifted(node));
    }

    /**
     * The UID in a patch cannot be changed, so one for a Node that was made anew is invalid. A conflict says only that others write to
     * the Node in the same moment.
     */
    private static boolean isGone(KubernetesClientException e) {
        boolean otherUid =
                e.getCode() == UNPROCESSABLE && causes(e).anyMatch(cause -> "metadata.uid".equals(cause.getField()));
        return otherUid || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
    }

    @Override
    public DrainResult evict(DrainOrder order) {
        ActivityLease lease = ActivityLease.begin();
        Map<String, Refusal> refused = new HashMap<>();
        Set<String> asked = new HashSet<>();
        while (true) {
            List<Pod> left = left(order.node());
            if (left.isEmpty()) {
                return new DrainResult.Drained();
            }
            Duration time = lease.left(order.deadline());
            if (!time.isPositive()) {
                return blocked(left, refused);
            }
            for (Pod pod : left) {
                String uid = pod.getMetadata().getUid();
                Refusal last = refused.get(uid);
                if (!PodRules.isEnding(pod)
                        && (last == null || last.time().minus(time).compareTo(ASK_AGAIN) >= 0)) {
                    recordOnce(lease, order.node(), pod, asked);
                    evict(order, pod)
                            .ifPresentOrElse(
                                    why -> refused.put(uid, new Refusal(why, time)), () -> refused.remove(uid));
                }
            }
            lease.pulse(left.size() + " pods are left on " + order.node().node().node());
            pause();
        }
    }

    /**
     * @param why in the API server's words
     * @param time that was left for the drain when it said so
     */
    private record Refusal(String why, Duration time) {}

    /** Why the pod may not be evicted now; empty if it is told to end, or gone. */
    private Optional<String> evict(DrainOrder order, Pod pod) {
        Map<String, Object> options = new TreeMap<>();
        options.put("preconditions", Map.of("uid", pod.getMetadata().getUid()));
        if (order.gracePeriodSeconds() != null) {
            options.put("gracePeriodSeconds", order.gracePeriodSeconds());
        }
        String namespace = pod.getMetadata().getNamespace();
        String name = pod.getMetadata().getName();
        try {
            client(order.node())
                    .raw(
                            "/api/v1/namespaces/" + namespace + "/pods/" + name + "/eviction",
                            "POST",
                            Map.of(
                                    "apiVersion",
                                    "policy/v1",
                                    "kind",
                                    "Eviction",
                                    "metadata",
                                    Map.of("name", name, "namespace", namespace),
                                    "deleteOptions",
                                    options));
            return Optional.empty();
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case TOO_MANY_REQUESTS, MISCONFIGURED -> Optional.of(text(e));
                case HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_CONFLICT -> Optional.empty();
                case HttpURLConnection.HTTP_FORBIDDEN -> Optional.of(textOfEndingNamespace(e));
                default -> throw e;
            };
        }
    }

    /** A namespace that ends takes in no eviction; its own pods are told to end soon, the others are to be asked meanwhile. */
    private static String textOfEndingNamespace(KubernetesClientException e) {
        if (causes(e).noneMatch(cause -> NAMESPACE_ENDING.equals(cause.getReason()))) {
            throw e;
        }
        return text(e);
    }

    private static Stream<StatusCause> causes(KubernetesClientException e) {
        return Stream.ofNullable(e.getStatus())
                .flatMap(status -> Stream.ofNullable(status.getDetails()))
                .flatMap(details -> details.getCauses().stream());
    }

    private List<Pod> left(NodeIdentity node) {
        return client(node)
                .pods()
                .inAnyNamespace()
                .withField("spec.nodeName", node.node().node().value())
                .list()
                .getItems()
                .stream()
                .filter(PodRules::keepsNode)
                .toList();
    }

    private static DrainResult.Blocked blocked(List<Pod> left, Map<String, Refusal> refused) {
        return new DrainResult.Blocked(left.stream()
                .map(pod -> PodRules.name(pod) + ": "
                        + reason(pod, refused.get(pod.getMetadata().getUid())))
                .sorted()
                .toList());
    }

    private static String reason(Pod pod, @Nullable Refusal refusal) {
        if (PodRules.isEnding(pod)) {
            return "it was evicted and has not ended";
        }
        return refusal == null ? "it came while the node was drained" : refusal.why();
    }

    private static String text(KubernetesClientException e) {
        return e.getStatus() == null || e.getStatus().getMessage() == null
                ? "the API server answers " + e.getCode()
                : e.getStatus().getMessage();
    }

    private void recordOnce(ActivityLease lease, NodeIdentity node, Pod pod, Set<String> asked) {
        if (asked.add(pod.getMetadata().getUid())) {
            record(
                    lease,
                    node,
                    "pod.evict",
                    Map.of("pod", PodRules.name(pod), "uid", pod.getMetadata().getUid()));
        } else {
            lease.beforeEffect("pod.evict");
        }
    }

    private void record(ActingRight right, NodeIdentity node, String action, Map<String, String> results) {
        right.beforeEffect(
                new AuditEntry(
                        node.node().cluster(),
                        NodeJoinWorkflow.id(node.node().cluster(), node.node().node()),
                        action,
                        "nodes/" + node.node().node() + "#" + node.uid(),
                        results),
                audit);
    }

    private static void pause() {
        LockSupport.parkNanos(LOOK.toNanos());
        if (Thread.currentThread().isInterrupted()) {
            throw Failures.of(
                    FailureType.UNAVAILABLE,
                    new Problem(ErrorCode.JOIN_DEADLINE_EXCEEDED, "this worker stops; another one goes on"));
        }
    }

    private KubernetesClient client(NodeIdentity node) {
        return clients.client(node.node().cluster());
    }
}
