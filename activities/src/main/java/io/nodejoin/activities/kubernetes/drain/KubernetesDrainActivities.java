package io.nodejoin.activities.kubernetes.drain;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.nodejoin.activities.ActivityFence;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.Conflicts;
import io.nodejoin.activities.kubernetes.ServerClocks;
import io.nodejoin.workflows.drain.CordonRequest;
import io.nodejoin.workflows.drain.DrainActivities;
import io.nodejoin.workflows.drain.DrainRequest;
import io.nodejoin.workflows.drain.DrainResult;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
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
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Cordons Nodes by UID and evicts their pods. Never deletes a pod: an eviction that a disruption budget refuses (429)
 * is retried until the deadline.
 */
public final class KubernetesDrainActivities implements DrainActivities {
    private static final int UNPROCESSABLE = 422;

    private static final int TOO_MANY_REQUESTS = 429;
    /** The API server's status if more than one budget matches the pod. */
    private static final int MISCONFIGURED = 500;
    /** The API server's cause if the namespace is terminating. */
    private static final String NAMESPACE_TERMINATING = "NamespaceTerminating";

    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    /** A budget changes when a pod elsewhere becomes ready, which takes seconds. */
    private static final Duration EVICTION_RETRY_INTERVAL = Duration.ofSeconds(5);

    private final ClusterClients clients;
    private final AuditLog audit;
    private final Consumer<Duration> pause;
    private final ServerClocks clocks;

    /** @param pause waits for this time, or less if the thread is interrupted */
    public KubernetesDrainActivities(
            ClusterClients clients, AuditLog audit, Consumer<Duration> pause, ServerClocks clocks) {
        this.clocks = clocks;
        this.clients = clients;
        this.audit = audit;
        this.pause = pause;
    }

    @Override
    public void cordon(CordonRequest request) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        if (request.cordoned()) {
            cordon(request, fence);
        } else {
            uncordon(request, fence);
        }
    }

    private void cordon(CordonRequest request, EffectGuard guard) {
        NodeIdentity node = request.node();
        recordEffect(guard, node, "node.cordon", Map.of());
        try {
            resource(node.ref()).patch(CordonPatch.CONTEXT, CordonPatch.cordon(request));
        } catch (KubernetesClientException e) {
            if (!isOtherOrMissingNode(e)) {
                throw e;
            }
        }
    }

    /** A concurrent change of the Node makes it fail with 409, unless the cordon is lifted by it. */
    private void uncordon(CordonRequest request, EffectGuard guard) {
        NodeIdentity node = request.node();
        Resource<Node> resource = resource(node.ref());
        Node read = resource.get();
        if (!isCordonedBy(read, request)) {
            return;
        }
        recordEffect(guard, node, "node.uncordon", Map.of());
        try {
            resource.patch(CordonPatch.CONTEXT, CordonPatch.uncordon(read));
            tell(guard, node, DrainConditions.Progress.ENDED);
        } catch (KubernetesClientException e) {
            if (!Conflicts.isConflictOrNotFound(e) || isCordonedBy(resource.get(), request)) {
                throw e;
            }
        }
    }

    private static boolean isCordonedBy(@Nullable Node node, CordonRequest request) {
        return node != null
                && node.getMetadata().getUid().equals(request.node().uid())
                && CordonPatch.isCordonedBy(node, request.leaveId());
    }

    private Resource<Node> resource(NodeRef ref) {
        return clients.client(ref.cluster()).nodes().withName(ref.name().value());
    }

    private void tell(EffectGuard guard, NodeIdentity node, DrainConditions.Progress progress) {
        DrainConditions.write(
                client(node),
                node,
                progress,
                () -> clocks.now(node.ref().cluster()),
                () -> recordEffect(guard, node, "node.drain-conditions", Map.of("reason", progress.reason())));
    }

    /**
     * The UID is immutable, so a patch for a recreated Node is invalid (422). A conflict (409) is only a concurrent
     * write.
     */
    private static boolean isOtherOrMissingNode(KubernetesClientException e) {
        boolean otherUid =
                e.getCode() == UNPROCESSABLE && causes(e).anyMatch(cause -> "metadata.uid".equals(cause.getField()));
        return otherUid || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
    }

    @Override
    public DrainResult evict(DrainRequest request) {
        ActivityFence fence = ActivityFence.ofCurrentActivity();
        Map<String, Refusal> refused = new HashMap<>();
        Set<String> recorded = new HashSet<>();
        tell(fence, request.node(), DrainConditions.Progress.RUNNING);
        while (true) {
            List<Pod> remaining = remainingPods(request.node());
            if (remaining.isEmpty()) {
                tell(fence, request.node(), DrainConditions.Progress.COMPLETE);
                return new DrainResult.Drained();
            }
            Duration timeLeft = fence.timeUntil(request.deadline());
            if (!timeLeft.isPositive()) {
                tell(fence, request.node(), DrainConditions.Progress.INCOMPLETE);
                return blocked(remaining, refused);
            }
            for (Pod pod : remaining) {
                String uid = pod.getMetadata().getUid();
                Refusal last = refused.get(uid);
                if (!DrainPodFilter.isTerminating(pod)
                        && (last == null || last.timeLeft().minus(timeLeft).compareTo(EVICTION_RETRY_INTERVAL) >= 0)) {
                    recordEvictionOnce(fence, request.node(), pod, recorded);
                    evictPod(request, pod)
                            .ifPresentOrElse(
                                    why -> refused.put(uid, new Refusal(why, timeLeft)), () -> refused.remove(uid));
                }
            }
            fence.heartbeatIfDue(remaining.size() + " pods are left on "
                    + request.node().ref().name());
            awaitNextRound();
        }
    }

    /**
     * @param why the API server's reason
     * @param timeLeft time left until the drain's deadline at the refusal
     */
    private record Refusal(String why, Duration timeLeft) {}

    /** Evicts the pod. Returns why the eviction was refused; empty if the pod terminates or is gone. */
    private Optional<String> evictPod(DrainRequest request, Pod pod) {
        Map<String, Object> options = new TreeMap<>();
        options.put("preconditions", Map.of("uid", pod.getMetadata().getUid()));
        if (request.gracePeriodSeconds() != null) {
            options.put("gracePeriodSeconds", request.gracePeriodSeconds());
        }
        String namespace = pod.getMetadata().getNamespace();
        String name = pod.getMetadata().getName();
        try {
            client(request.node())
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
                case TOO_MANY_REQUESTS, MISCONFIGURED -> Optional.of(message(e));
                case HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_CONFLICT -> Optional.empty();
                case HttpURLConnection.HTTP_FORBIDDEN -> Optional.of(messageOfTerminatingNamespace(e));
                default -> throw e;
            };
        }
    }

    /**
     * A terminating namespace refuses evictions; its pods are deleted with it, so the drain continues with the others.
     */
    private static String messageOfTerminatingNamespace(KubernetesClientException e) {
        if (causes(e).noneMatch(cause -> NAMESPACE_TERMINATING.equals(cause.getReason()))) {
            throw e;
        }
        return message(e);
    }

    private static Stream<StatusCause> causes(KubernetesClientException e) {
        return Stream.ofNullable(e.getStatus())
                .flatMap(status -> Stream.ofNullable(status.getDetails()))
                .flatMap(details -> details.getCauses().stream());
    }

    private List<Pod> remainingPods(NodeIdentity node) {
        return client(node)
                .pods()
                .inAnyNamespace()
                .withField("spec.nodeName", node.ref().name().value())
                .list()
                .getItems()
                .stream()
                .filter(DrainPodFilter::blocksDrain)
                .toList();
    }

    private static DrainResult.Blocked blocked(List<Pod> remaining, Map<String, Refusal> refused) {
        return new DrainResult.Blocked(remaining.stream()
                .map(pod -> DrainPodFilter.name(pod) + ": "
                        + reason(pod, refused.get(pod.getMetadata().getUid())))
                .sorted()
                .toList());
    }

    private static String reason(Pod pod, @Nullable Refusal refusal) {
        if (DrainPodFilter.isTerminating(pod)) {
            return "it was evicted and still terminates";
        }
        return refusal == null ? "it was created while the node was drained" : refusal.why();
    }

    private static String message(KubernetesClientException e) {
        return e.getStatus() == null || e.getStatus().getMessage() == null
                ? "the API server responds with " + e.getCode()
                : e.getStatus().getMessage();
    }

    private void recordEvictionOnce(ActivityFence fence, NodeIdentity node, Pod pod, Set<String> recorded) {
        if (recorded.add(pod.getMetadata().getUid())) {
            recordEffect(
                    fence,
                    node,
                    "pod.evict",
                    Map.of(
                            "pod",
                            DrainPodFilter.name(pod),
                            "uid",
                            pod.getMetadata().getUid()));
        } else {
            fence.beforeEffect("pod.evict");
        }
    }

    private void recordEffect(EffectGuard guard, NodeIdentity node, String action, Map<String, String> results) {
        guard.recordEffect(
                new AuditEntry(
                        node.ref().cluster(),
                        NodeJoinWorkflow.workflowId(
                                node.ref().cluster(), node.ref().name()),
                        action,
                        "nodes/" + node.ref().name() + "#" + node.uid(),
                        results),
                audit);
    }

    private void awaitNextRound() {
        pause.accept(POLL_INTERVAL);
        if (Thread.currentThread().isInterrupted()) {
            throw ActivityFence.shuttingDown();
        }
    }

    private KubernetesClient client(NodeIdentity node) {
        return clients.client(node.ref().cluster());
    }
}
