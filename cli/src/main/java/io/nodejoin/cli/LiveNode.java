package io.nodejoin.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.KubeconfigClients;
import io.nodejoin.workflows.node.NodeRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Node as the API server has it now.
 *
 * @param ready the status of its condition Ready, or why it is not known
 * @param blockedBy the message of a condition Ready that is not true
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record LiveNode(
        String ready, @Nullable String blockedBy, @Nullable String kubelet, List<String> taints) {

    /** Reads the Node; one that cannot be read says why. */
    static LiveNode read(NodeRef node, Path kubeconfig) {
        if (!Files.isReadable(kubeconfig)) {
            return unknown("unknown: cannot read the kubeconfig file " + kubeconfig);
        }
        try (ClusterClients clients = new KubeconfigClients(Map.of(node.cluster(), kubeconfig))) {
            Node found = clients.client(node.cluster())
                    .nodes()
                    .withName(node.name().value())
                    .get();
            return found == null ? unknown("there is none") : of(found);
        } catch (KubernetesClientException e) {
            return unknown(
                    "unknown: " + ApiServerCalls.unreachable(kubeconfig, e).getMessage());
        }
    }

    private static LiveNode unknown(String why) {
        return new LiveNode(why, null, null, List.of());
    }

    private static LiveNode of(Node node) {
        Optional<NodeCondition> ready = node.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst();
        boolean isReady =
                ready.filter(condition -> condition.getStatus().equals("True")).isPresent();
        return new LiveNode(
                isReady ? "Ready" : "not Ready",
                isReady ? null : ready.map(NodeCondition::getMessage).orElse("no kubelet has reported yet"),
                node.getStatus().getNodeInfo() == null
                        ? null
                        : node.getStatus().getNodeInfo().getKubeletVersion(),
                node.getSpec().getTaints().stream().map(Taint::getKey).toList());
    }

    String describe() {
        return ready
                + (kubelet == null || kubelet.isEmpty() ? "" : ", kubelet " + kubelet)
                + (taints.isEmpty() ? "" : ", taints " + String.join(" ", taints))
                + (blockedBy == null ? "" : ": " + blockedBy);
    }
}
