package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.node.ReadyRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Evaluates whether a Node is the requested one and Ready. Pure. */
final class NodeReadiness {
    /** Heartbeats carry the host's clock; a host with more skew fails its preflight. */
    static final Duration MAX_SKEW = Duration.ofMinutes(1);

    private static final String READY = "Ready";

    /** The evaluation of a Node. */
    sealed interface Evaluation {
        /** Ready since this instant. */
        record Ready(Instant since) implements Evaluation {}

        /** Not Ready yet, for this reason. */
        record NotReady(String reason) implements Evaluation {}

        /** Another machine or another Node. */
        record Mismatch(Problem problem) implements Evaluation {}
    }

    private NodeReadiness() {}

    static Evaluation evaluate(Optional<Node> seen, ReadyRequest request) {
        Optional<Node> same = seen.filter(
                node -> request.node().uid().equals(node.getMetadata().getUid()));
        if (same.isEmpty()) {
            return new Evaluation.Mismatch(new Problem(
                    ErrorCode.NODE_UID_CHANGED,
                    "Node " + request.node().ref().name() + " with UID "
                            + request.node().uid() + " is gone"));
        }
        Node node = same.get();
        Optional<NodeSystemInfo> machine = systemInfo(node);
        if (machine.isEmpty()) {
            return new Evaluation.NotReady("the kubelet has not said which machine it runs on");
        }
        return machineMismatch(machine.get(), request.machineId(), request.systemUuid())
                .<Evaluation>map(Evaluation.Mismatch::new)
                .orElseGet(() -> readiness(node, request));
    }

    /** Returns what the kubelet has reported of its machine, once it has reported a status. */
    static Optional<NodeSystemInfo> systemInfo(Node node) {
        return Optional.ofNullable(node.getStatus())
                .map(NodeStatus::getNodeInfo)
                .filter(info ->
                        info.getMachineID() != null && !info.getMachineID().isEmpty());
    }

    /** Returns the problem if the Node is not on the enrolled machine. */
    static Optional<Problem> machineMismatch(NodeSystemInfo info, String machineId, @Nullable String systemUuid) {
        return mismatch("machineID", info.getMachineID(), machineId)
                .or(() -> Optional.ofNullable(systemUuid)
                        .flatMap(expected -> mismatch("systemUUID", info.getSystemUUID(), expected)));
    }

    private static Optional<Problem> mismatch(String what, String actual, String expected) {
        return expected.equalsIgnoreCase(actual)
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.NODE_IDENTITY_MISMATCH,
                        "the Node's " + what + " is '" + actual + "', the enrolled host's is '" + expected + "'"));
    }

    private static Evaluation readiness(Node node, ReadyRequest request) {
        Optional<NodeCondition> ready = condition(node, READY);
        if (ready.isEmpty()) {
            return new Evaluation.NotReady("the kubelet has not reported yet");
        }
        if (!isTrue(ready.get())) {
            return new Evaluation.NotReady(text(ready.get()));
        }
        if (Instant.parse(ready.get().getLastHeartbeatTime())
                .isBefore(request.readyAfter().minus(MAX_SKEW))) {
            return new Evaluation.NotReady("the last heartbeat is older than this kubelet");
        }
        return ReadyGate.conditions(request.readyGates()).stream()
                .map(ReadyGate.Condition::type)
                .filter(gate ->
                        condition(node, gate).filter(NodeReadiness::isTrue).isEmpty())
                .findFirst()
                .<Evaluation>map(gate -> new Evaluation.NotReady(condition(node, gate)
                        .map(NodeReadiness::text)
                        .orElse("ready gate " + gate + " is not reported")))
                .orElseGet(() -> new Evaluation.Ready(Instant.parse(ready.get().getLastTransitionTime())));
    }

    private static Optional<NodeCondition> condition(Node node, String type) {
        List<NodeCondition> conditions =
                node.getStatus() == null ? List.of() : node.getStatus().getConditions();
        return conditions.stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst();
    }

    private static boolean isTrue(NodeCondition condition) {
        return "True".equals(condition.getStatus());
    }

    private static String text(NodeCondition condition) {
        return condition.getType() + "=" + condition.getStatus() + " " + condition.getReason() + ": "
                + condition.getMessage();
    }
}
