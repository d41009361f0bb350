package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.node.ReadyOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a Node is the ordered one and Ready, as a pure function. */
final class ReadyRules {
    /** Heartbeats carry the host's clock; a host that is off by more has failed its preflight. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private static final String READY = "Ready";

    /** What a look at a Node tells. */
    sealed interface Look {
        /** Ready since this instant. */
        record Ready(Instant since) implements Look {}

        /** Not yet, for this reason. */
        record Blocked(String by) implements Look {}

        /** Another machine or another Node. */
        record Wrong(Problem problem) implements Look {}
    }

    private ReadyRules() {}

    static Look look(Optional<Node> seen, ReadyOrder order) {
        Optional<Node> same =
                seen.filter(node -> order.node().uid().equals(node.getMetadata().getUid()));
        if (same.isEmpty()) {
            return new Look.Wrong(new Problem(
                    ErrorCode.NODE_UID_CHANGED,
                    "Node " + order.node().node().node() + " with UID "
                            + order.node().uid() + " is gone"));
        }
        Node node = same.get();
        Optional<NodeSystemInfo> machine = machine(node);
        if (machine.isEmpty()) {
            return new Look.Blocked("the kubelet has not said which machine it runs on");
        }
        return stranger(machine.get(), order.machineId(), order.systemUuid())
                .<Look>map(Look.Wrong::new)
                .orElseGet(() -> readiness(node, order));
    }

    /** What the kubelet has said of its machine, once it has reported a status. */
    static Optional<NodeSystemInfo> machine(Node node) {
        return Optional.ofNullable(node.getStatus())
                .map(NodeStatus::getNodeInfo)
                .filter(info ->
                        info.getMachineID() != null && !info.getMachineID().isEmpty());
    }

    /** Why a Node of this machine is not of the one that was enrolled, if it is not. */
    static Optional<Problem> stranger(NodeSystemInfo info, String machineId, @Nullable String systemUuid) {
        return differs("machineID", info.getMachineID(), machineId)
                .or(() -> Optional.ofNullable(systemUuid)
                        .flatMap(expected -> differs("systemUUID", info.getSystemUUID(), expected)));
    }

    private static Optional<Problem> differs(String what, String actual, String expected) {
        return expected.equalsIgnoreCase(actual)
                ? Optional.empty()
                : Optional.of(new Problem(
                        ErrorCode.NODE_IDENTITY_MISMATCH,
                        "the Node's " + what + " is '" + actual + "', the enrolled host's is '" + expected + "'"));
    }

    private static Look readiness(Node node, ReadyOrder order) {
        Optional<NodeCondition> ready = condition(node, READY);
        if (ready.isEmpty()) {
            return new Look.Blocked("the kubelet has not reported yet");
        }
        if (!isTrue(ready.get())) {
            return new Look.Blocked(text(ready.get()));
        }
        if (Instant.parse(ready.get().getLastHeartbeatTime())
                .isBefore(order.readyAfter().minus(SKEW))) {
            return new Look.Blocked("the last heartbeat is older than this kubelet");
        }
        return ReadyGate.conditions(order.readyGates()).stream()
                .map(ReadyGate.Condition::type)
                .filter(gate -> condition(node, gate).filter(ReadyRules::isTrue).isEmpty())
                .findFirst()
                .<Look>map(gate -> new Look.Blocked(
                        condition(node, gate).map(ReadyRules::text).orElse("ready gate " + gate + " is not reported")))
                .orElseGet(() -> new Look.Ready(Instant.parse(ready.get().getLastTransitionTime())));
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
